// PostgreSQL schemas that have the tables of the migrations already. Making one costs a quarter of a second and more,
// so that the tests of a run leave them to each other, also from one process to another: each is as new when it is
// taken, and one whose tables were altered is never left to anybody.
#pragma once

#include <string>

#include "support/postgres.hpp"

namespace guerdon::test {

/// Nobody else's as long as this object lives. Throws std::runtime_error.
class PooledSchema {
 public:
  PooledSchema();
  ~PooledSchema();
  PooledSchema(const PooledSchema&) = delete;
  PooledSchema& operator=(const PooledSchema&) = delete;

  [[nodiscard]] std::string url() const { return schema_url(name_); }

 private:
  bool take(int number);
  void make_as_new();

  SideSession session_;  // its advisory lock says whose the schema is
  std::string name_;
};

}  // namespace guerdon::test
