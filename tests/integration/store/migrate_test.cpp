// Migrations: applied once, in order, whole or not at all; a database that does not fit stops the start.
#include <catch2/catch.hpp>

#include "guerdon/app.hpp"
#include "support/databases.hpp"
#include "support/nth_fault.hpp"
#include "support/raw_rows.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace guerdon::test;
using embedded::EmbeddedFile;
using Files = std::vector<EmbeddedFile>;

namespace {

const EmbeddedFile first{"0001_first.sql", "CREATE TABLE a (n BIGINT); INSERT INTO a VALUES (1);"};
const EmbeddedFile second{"0002_second.sql", "INSERT INTO a SELECT n + 1 FROM a;"};
const EmbeddedFile failing{"0003_failing.sql", "INSERT INTO a VALUES (9); INSERT INTO nowhere VALUES (1);"};

std::int64_t sum(TestDatabase& store) {
  return store->read([](Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT max(n) + count(*) FROM a"); });
}

std::vector<std::string> applied(TestDatabase& store) {
  return store->read([](Snapshot& snapshot) {
    return snapshot.list<std::string>("SELECT name FROM schema_migrations ORDER BY version");
  });
}

TestDatabase empty_in(const TempFolder& folder) {
  store::DatabaseOptions options;
  options.url = "sqlite:" + (folder / "guerdon.db");
  return TestDatabase{Engine::sqlite, Schema::none, options};
}

/// Every definition and every row but what says when it was applied, whatever the order they were made in.
std::vector<std::string> contents(const TempFolder& folder) {
  const RawRows file{folder / "guerdon.db"};
  auto all = file.texts("SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_master");
  for (const auto& table : file.texts("SELECT name FROM sqlite_master WHERE type = 'table'")) {
    std::string columns;
    for (const auto& name : file.texts("SELECT name FROM pragma_table_info('" + table + "')"))
      if (name != "applied_at") columns += (columns.empty() ? "quote(" : " || ',' || quote(") + name + ")";
    for (const auto& row : file.texts("SELECT " + columns + " FROM " + table)) all.push_back(table + ": " + row);
  }
  return all;
}

/// The line with which the start is refused; empty if it is not.
std::string refusal(TestDatabase& store, const Files& files) {
  try {
    store::migrate(*store, files);
  } catch (const StartError& error) {
    CHECK(error.exit_code() == 78);
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("migrations are applied once, in the order of their numbers") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  store::migrate(*store, Files{second, first});
  store::migrate(*store, Files{first, second});
  CHECK(sum(store) == 2 + 2);
  CHECK(applied(store) == std::vector<std::string>{"0001_first", "0002_second"});
}

TEST_CASE("a migration that comes later is applied, also one with a smaller number") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  store::migrate(*store, Files{first, {"0009_last.sql", "INSERT INTO a VALUES (5);"}});
  store::migrate(*store, Files{first, second, {"0009_last.sql", "INSERT INTO a VALUES (5);"}});
  CHECK(sum(store) == 6 + 4);
}

TEST_CASE("a migration that was changed after it was applied stops the start") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  store::migrate(*store, Files{first, second});
  const auto line = refusal(store, {first, {"0002_second.sql", "INSERT INTO a VALUES (3);"}});
  CHECK_THAT(line, Catch::Contains("0002_second"));
  CHECK(line.find('\n') == std::string::npos);
  CHECK(sum(store) == 2 + 2);
}

TEST_CASE("a database newer than the binary stops the start") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  store::migrate(*store, Files{first, second});
  CHECK_THAT(refusal(store, {first}), Catch::Contains("0002_second") && Catch::Contains("newer"));
}

TEST_CASE("a migration that fails leaves nothing behind, and those before it stay") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  const auto line = refusal(store, {first, second, failing});
  CHECK_THAT(line, Catch::Contains("0003_failing"));
  CHECK(line.find('\n') == std::string::npos);
  CHECK(sum(store) == 2 + 2);
  CHECK(applied(store) == std::vector<std::string>{"0001_first", "0002_second"});
  store::migrate(*store, Files{first, second, {"0003_failing.sql", "INSERT INTO a VALUES (9);"}});
  CHECK(sum(store) == 9 + 3);
}

TEST_CASE("each migration is a commit of its own: what ends the start between two leaves those before it") {
  NthFault faults;
  store::DatabaseOptions options;
  options.faults = &faults;
  TestDatabase store{GENERATE(from_range(engines())), Schema::none, options};
  const Files files{first, second, {"0003_third.sql", "INSERT INTO a VALUES (7);"}};
  store::migrate(*store, Files{first});
  faults.arm(NthFault::What::commit_refused, 3);  // the first one finds that the database is not new
  CHECK_THROWS_AS(store::migrate(*store, files), StartError);
  CHECK(applied(store) == std::vector<std::string>{"0001_first", "0002_second"});
  CHECK(sum(store) == 2 + 2);
  store::migrate(*store, files);
  CHECK(applied(store) == std::vector<std::string>{"0001_first", "0002_second", "0003_third"});
  CHECK(sum(store) == 7 + 3);
}

TEST_CASE("a new database gets all migrations in one commit, and where that is not to be, one by one") {
  NthFault faults;
  store::DatabaseOptions options;
  options.faults = &faults;
  TestDatabase store{GENERATE(from_range(engines())), Schema::none, options};
  const int refused = GENERATE(1, 2);
  faults.arm(NthFault::What::commit_refused, refused);
  store::migrate(*store, Files{first, second});
  CHECK(faults.armed() == (refused == 2));  // there was no second one
  CHECK(sum(store) == 2 + 2);
}

TEST_CASE("a schema that is not this binary's is told by looking alone") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  const auto names_it = Catch::Contains("guerdon migrate");
  const auto said = [&] {
    try {
      store::require_current_schema(*store);
    } catch (const StartError& error) {
      CHECK(error.exit_code() == 78);
      return std::string{error.what()};
    }
    return std::string{};
  };
  const auto has_tables = [&] {
    return store->read([](Snapshot& snapshot) {
      return snapshot
          .find<std::string>({"SELECT name FROM sqlite_master LIMIT 1",
                              "SELECT table_name FROM information_schema.tables "
                              "WHERE table_schema = current_schema() LIMIT 1"})
          .has_value();
    });
  };
  CHECK_THAT(said(), names_it && Catch::Contains("0001_"));
  CHECK_FALSE(has_tables());
  store::migrate(*store);
  CHECK(said().empty());
  store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec("DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)");
        return {};
      })
      .value();
  CHECK_THAT(said(), names_it);
}

TEST_CASE("two migrations of one number, or one without, are a mistake of the build") {
  TestDatabase store{Engine::sqlite, Schema::none};
  CHECK_THROWS_AS(store::migrate(*store, Files{first, {"0001_other.sql", ""}}), std::logic_error);
  CHECK_THROWS_AS(store::migrate(*store, Files{{"first.sql", ""}}), std::logic_error);
}

TEST_CASE("the embedded migrations of both engines have the same names, each number once") {
  const auto sqlite = embedded::sqlite_migrations();
  const auto postgres = embedded::postgres_migrations();
  REQUIRE_FALSE(sqlite.empty());
  CHECK(std::ranges::equal(sqlite, postgres, {}, &EmbeddedFile::name, &EmbeddedFile::name));
}

TEST_CASE("what a new SQLite database gets at once is what its migrations come to one by one") {
  const TempFolder at_once, one_by_one;
  const auto all = embedded::sqlite_migrations();
  {
    auto store = empty_in(at_once);
    store::migrate(*store);
  }
  {
    auto store = empty_in(one_by_one);
    store::migrate(*store, all.first(1));
    store::migrate(*store);
  }
  const auto found = contents(at_once);
  CHECK(found.size() > 100 + all.size());
  CHECK(found == contents(one_by_one));
}

TEST_CASE("what the build has worked out does not fail in a new SQLite database") {
  TestDatabase store{Engine::sqlite, Schema::none};
  CHECK_NOTHROW(store::migrate(*store, Files{{"0001_fails.sql", "nonsense"}}, embedded::sqlite_outcome()));
}

TEST_CASE("a new database gets the outcome of its migrations, and where that fails the migrations") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  const bool fails = GENERATE(false, true);
  const std::string outcome = "CREATE TABLE a (n BIGINT); INSERT INTO a VALUES (7);";
  store::migrate(*store, Files{first, second}, fails ? outcome + "INSERT INTO nowhere VALUES (1);" : outcome);
  CHECK(sum(store) == (fails ? 2 + 2 : 7 + 1));
  CHECK(applied(store) == std::vector<std::string>{"0001_first", "0002_second"});
  store::migrate(*store, Files{first, second, {"0003_third.sql", "INSERT INTO a VALUES (20);"}}, outcome);
  CHECK(sum(store) == 20 + (fails ? 3 : 2));
}
