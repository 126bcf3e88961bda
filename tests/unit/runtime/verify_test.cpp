// guerdon verify: what is broken is named, what holds is counted.
#include "runtime/verify.hpp"

#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "support/databases.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;

namespace {

struct Verdict {
  bool holds;
  std::vector<std::string> lines;
};

Verdict verdict(store::ManagedDatabase& database, const std::vector<Invariant>& invariants) {
  Verdict result{};
  result.holds = verify(database, invariants, [&](std::string_view line) {
    result.lines.emplace_back(line);
    return true;
  });
  return result;
}

}  // namespace

TEST_CASE("a fresh database keeps every rule of the platform") {
  test::TestDatabase store{GENERATE(from_range(test::engines()))};
  const auto result = verdict(*store, platform_invariants());
  CHECK(result.holds);
  CHECK(result.lines == std::vector<std::string>{"all 3 invariants hold"});
}

TEST_CASE("each broken invariant is one line with its rule and what breaks it") {
  test::TestDatabase store{Engine::sqlite};
  const auto broken = [](Snapshot&) { return std::vector<std::string>{"row 1", "row 2", "row 3"}; };
  const auto fine = [](Snapshot&) { return std::vector<std::string>{}; };
  const auto result = verdict(*store, {{"I11", "one a user", broken}, {"I12", "none", fine}, {"I13", "two", broken}});
  CHECK_FALSE(result.holds);
  CHECK(result.lines ==
        std::vector<std::string>{"I11 broken: one a user: row 1 (and 2 more)", "I13 broken: two: row 1 (and 2 more)"});
}

TEST_CASE("a reference without its row is found") {
  const test::TempFolder folder;
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open((folder / "g.db").c_str(), &raw) == SQLITE_OK);
  const auto* const damage =
      "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (parent INTEGER REFERENCES parent (id));"
      "INSERT INTO child VALUES (7)";
  REQUIRE(sqlite3_exec(raw, damage, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
  const test::FakeClock clock;
  const auto random = system_random();
  IdSource ids{*random};
  store::DatabaseOptions options;
  options.url = "sqlite:" + (folder / "g.db");
  options.clock = &clock;
  options.ids = &ids;
  const auto database = store::open_database(options);
  store::migrate(*database);
  const auto result = verdict(*database, platform_invariants());
  CHECK_FALSE(result.holds);
  CHECK(result.lines ==
        std::vector<std::string>{"I6 broken: every reference finds its row: a row of child names none of parent"});
}
