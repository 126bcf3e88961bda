// A database of its own for a test, of each engine that is to be had here. SQLite always; PostgreSQL when
// GUERDON_TEST_POSTGRES holds the URL of a database in which schemas may be made.
//     TestDatabase store{GENERATE(from_range(engines()))};
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "guerdon/ids.hpp"
#include "guerdon/random.hpp"
#include "store/open.hpp"
#include "support/fake_clock.hpp"
#include "support/pooled_schema.hpp"
#include "support/postgres.hpp"
#include "support/recording_outbox.hpp"

namespace guerdon::test {

[[nodiscard]] std::vector<Engine> engines();

enum class Schema { none, migrated };

/// A place for one database, gone with this object: an empty one, or one that may have the tables of the migrations
/// already.
class DatabasePlace {
 public:
  explicit DatabasePlace(Engine engine, Schema schema = Schema::migrated);
  DatabasePlace(const DatabasePlace&) = delete;
  DatabasePlace& operator=(const DatabasePlace&) = delete;
  ~DatabasePlace();

  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  std::string url_;
  std::string folder_;  // SQLite: what holds the file
  std::unique_ptr<PostgresSchema> empty_;
  std::unique_ptr<PooledSchema> pooled_;
};

/// A database with a fake clock and an outbox that records. The options' clock and ids are filled in, and their
/// url if there is none.
class TestDatabase {
 public:
  explicit TestDatabase(Engine engine, Schema schema = Schema::migrated, store::DatabaseOptions options = {});

  [[nodiscard]] store::ManagedDatabase& operator*() { return *database_; }
  [[nodiscard]] store::ManagedDatabase* operator->() { return database_.get(); }
  /// Closes and opens it again, as a restart does.
  void reopen();

  FakeClock clock;
  RecordingOutbox outbox;

 private:
  DatabasePlace place_;
  std::unique_ptr<Random> random_ = system_random();
  IdSource ids_{*random_};
  store::DatabaseOptions options_;
  std::unique_ptr<store::ManagedDatabase> database_;
};

}  // namespace guerdon::test
