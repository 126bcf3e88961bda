// For tests that want many databases one after the other: on PostgreSQL making one takes a second. As long as one of
// these lives, a database of this thread that ends leaves its schema, made as new, to the next one. Not for tests that
// alter the tables of the migrations.
//     const ReusedSchemas reused;
#pragma once

#include <memory>
#include <vector>

#include "support/postgres.hpp"

namespace guerdon::test {

class ReusedSchemas {
 public:
  ReusedSchemas();
  ~ReusedSchemas();
  ReusedSchemas(const ReusedSchemas&) = delete;
  ReusedSchemas& operator=(const ReusedSchemas&) = delete;

  /// The one of this thread, or null.
  [[nodiscard]] static ReusedSchemas* current();
  /// One that was given back, else a new one, without tables.
  [[nodiscard]] std::unique_ptr<PostgresSchema> take();
  void give_back(std::unique_ptr<PostgresSchema> schema);

 private:
  std::unique_ptr<PostgresSchema> pristine_;  // migrated, and nothing else
  std::vector<std::unique_ptr<PostgresSchema>> idle_;
};

}  // namespace guerdon::test
