// From which tables something was read, and whether that may have changed: whatever SQLite writes counts, by whatever
// way.
#include <catch2/catch.hpp>

#include <optional>
#include <string>

#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/result.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

class Site {
 public:
  explicit Site(Engine engine = Engine::sqlite) : store(engine, Schema::none) {
    write("CREATE TABLE parents (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0)");
    write("CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents (id) ON DELETE CASCADE)");
    write("CREATE TABLE notes (n INTEGER)");
    write("INSERT INTO parents (id) VALUES (1), (2), (3)");
    write("INSERT INTO children (id, parent) VALUES (1, 1), (2, 2), (3, 3)");
    reader = store->open_reader();
  }

  void write(Sql sql) {
    store
        ->write([&](Tx& tx) -> Result<void> {
          tx.exec(sql);
          return {};
        })
        .value();
  }
  std::optional<Footprint> footprint_of(Sql sql) {
    std::optional<Footprint> footprint;
    reader->run(
        [&](Snapshot& snapshot) {
          (void)snapshot.get<std::int64_t>("SELECT count(*) FROM notes");  // before: no part of it
          reader->begin_footprint();
          (void)snapshot.list<std::int64_t>(sql);
          footprint = reader->end_footprint();
        },
        0);
    return footprint;
  }
  /// Is what the query reads another after the statement?
  bool changes(Sql query, Sql statement) {
    const auto footprint = footprint_of(query).value();
    REQUIRE(reader->is_unchanged(footprint));
    write(statement);
    CHECK(reader->is_unchanged(footprint_of(query).value()));
    return !reader->is_unchanged(footprint);
  }

  TestDatabase store;
  std::unique_ptr<Reader> reader;
};

constexpr Sql of_parents = "SELECT n FROM parents", of_children = "SELECT id FROM children";

}  // namespace

TEST_CASE("whatever way a table is written, what was read from it is known to be old, and nothing else is") {
  Site site;
  for (const Sql statement :
       {Sql{"INSERT INTO parents (id) VALUES (4)"}, Sql{"UPDATE parents SET n = 1"},
        Sql{"DELETE FROM parents WHERE id = 4"},
        Sql{"INSERT INTO parents (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 2"},
        Sql{"REPLACE INTO parents (id, n) VALUES (3, 3)"}, Sql{"INSERT INTO parents (n) SELECT n FROM parents"},
        Sql{"WITH one AS (SELECT 1 AS id) UPDATE parents SET n = 5 WHERE id IN (SELECT id FROM one)"}}) {
    INFO(statement.text(Engine::sqlite));
    CHECK(site.changes(of_parents, statement));
  }
  CHECK_FALSE(site.changes(of_parents, "INSERT INTO notes (n) VALUES (1)"));
  CHECK_FALSE(site.changes(of_parents, "INSERT INTO notes (n) SELECT n FROM parents"));
}

TEST_CASE("whatever way a table is read, its changes count") {
  Site site;
  constexpr Sql update = "UPDATE parents SET n = n + 1";
  for (const Sql query :
       {Sql{"SELECT count(*) FROM parents"}, Sql{"SELECT c.id FROM children c JOIN parents p ON p.id = c.parent"},
        Sql{"SELECT id FROM children WHERE parent IN (SELECT id FROM parents)"},
        Sql{"WITH p AS (SELECT id FROM parents) SELECT count(*) FROM p"},
        Sql{"SELECT 1 WHERE EXISTS (SELECT 1 FROM parents)"},
        Sql{"SELECT id FROM children UNION ALL SELECT n FROM parents"}}) {
    INFO(query.text(Engine::sqlite));
    CHECK(site.changes(query, update));
  }
}

TEST_CASE("what a cascade or a trigger writes counts as well") {
  Site site;
  CHECK(site.changes(of_children, "DELETE FROM parents WHERE id = 2"));
  site.write("CREATE TRIGGER told AFTER INSERT ON notes BEGIN UPDATE parents SET n = NEW.n; END");
  site.reader = site.store->open_reader();
  CHECK(site.changes(of_parents, "INSERT INTO notes (n) VALUES (7)"));
}

TEST_CASE("a change counts from before anybody can see it, and one that was undone is over") {
  Site site;
  const auto footprint = site.footprint_of(of_parents).value();
  std::promise<void> written, may_end;
  auto command = submit(*site.store, [&, may = may_end.get_future().share()](Tx& tx) {
    tx.exec("UPDATE parents SET n = 9");
    written.set_value();
    may.wait();
    return false;  // undone
  });
  written.get_future().wait();
  CHECK_FALSE(site.reader->is_unchanged(footprint));
  CHECK_FALSE(site.reader->is_unchanged(site.footprint_of(of_parents).value()));
  CHECK(site.reader->is_unchanged(site.footprint_of(of_children).value()));
  may_end.set_value();
  command.wait();
  CHECK(site.reader->is_unchanged(site.footprint_of(of_parents).value()));
}

TEST_CASE("what was read before a change that nobody has been told of is known to be old with it") {
  Site site;
  const auto other = site.store->open_reader();
  const auto footprint = site.footprint_of(of_parents).value();
  site.write("UPDATE parents SET n = 4");
  CHECK_FALSE(other->is_unchanged(footprint));  // whichever reader is asked
  CHECK(other->is_unchanged(site.footprint_of(of_parents).value()));
}

TEST_CASE("where others write as well nothing is known") {
  TestDatabase store{Engine::postgres};
  const auto reader = store->open_reader();
  reader->run(
      [&](Snapshot& snapshot) {
        reader->begin_footprint();
        (void)snapshot.list<std::string>("SELECT key FROM server_state");
        CHECK_FALSE(reader->end_footprint());
      },
      0);
  CHECK_FALSE(reader->is_unchanged({}));
}
