// What a commit writes to the log goes there in few calls, and never later than others may look for it.
#include "store/sqlite/joined_writes.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>

#include "store/sqlite/connection.hpp"
#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/faulty_disk.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace guerdon::test;
using Call = FaultyDisk::Call;
using Kind = StoreError::Kind;

namespace {

constexpr int more_than_the_cache = 4'000;  // pages; the writer's cache has 2,000

/// A page a row.
bool add_pages(Tx& tx, const std::string& key, int count) {
  for (int row = 0; row < count; ++row)
    tx.exec("INSERT INTO server_state (key, value) VALUES ($1, $2)", key + "/" + std::to_string(row),
            std::string(4000, 'v'));
  return true;
}

std::int64_t rows(Snapshot& snapshot, const std::string& key) {
  return snapshot.get<std::int64_t>("SELECT count(*) FROM server_state WHERE key LIKE $1", key + "/%");
}

struct Fixture {
  explicit Fixture(bool full_durability = true) : store{Engine::sqlite, Schema::migrated, options(full_durability)} {}

  store::DatabaseOptions options(bool full_durability) {
    store::DatabaseOptions result;
    result.full_durability = full_durability;
    result.url = "sqlite:" + file();
    result.on_fatal = [this](int code, const std::string&) { fatal = code; };
    return result;
  }
  [[nodiscard]] std::string file() const { return folder / "a.db"; }

  std::optional<Kind> add(const std::string& key, int count, bool keep = true) {
    auto command = submit(*store, [=](Tx& tx) { return add_pages(tx, key, count) && keep; });
    return failure_of(command);
  }
  std::int64_t rows_of(const std::string& key) {
    return store->read([&](Snapshot& snapshot) { return rows(snapshot, key); });
  }
  bool is_whole() {
    return store->read([](Snapshot& snapshot) {
      return snapshot.get<std::string>("SELECT integrity_check FROM pragma_integrity_check");
    }) == "ok";
  }

  FaultyDisk disk;
  TempFolder folder;
  std::atomic<int> fatal{0};
  TestDatabase store;
};

/// Another program with the same file.
class Stranger {
 public:
  explicit Stranger(const std::string& file)
      : connection_{store::open_sqlite_file(file, SQLITE_OPEN_READWRITE, std::chrono::seconds{10})} {}

  [[nodiscard]] bool run(const std::string& sql) {
    return sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  }

 private:
  store::SqliteHandle connection_;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a commit writes its pages to the log together, at most 64 KiB at a time") {
  REQUIRE(add("first", 1) == std::nullopt);
  auto before = disk.log_writes();
  REQUIRE(add("small", 1) == std::nullopt);
  CHECK(disk.log_writes() - before == 1);
  before = disk.log_writes();
  REQUIRE(add("large", 150) == std::nullopt);
  CHECK(disk.log_writes() - before >= 150 / 16);
  CHECK(disk.log_writes() - before <= 200 / 15);
  CHECK(rows_of("large") == 150);
  store.reopen();
  CHECK(rows_of("large") == 150);
  CHECK(is_whole());
}

TEST_CASE_METHOD(Fixture, "pages that a transaction has no memory for are in the log when it looks for them") {
  std::int64_t own = 0;
  std::int64_t seen_by_others = -1;
  const auto reader = store->open_reader();
  auto command = submit(*store, [&](Tx& tx) {
    add_pages(tx, "large", more_than_the_cache);
    own = rows(tx, "large");
    reader->run([&](Snapshot& snapshot) { seen_by_others = rows(snapshot, "large"); }, 0);
    return true;
  });
  REQUIRE(failure_of(command) == std::nullopt);
  CHECK(own == more_than_the_cache);
  CHECK(seen_by_others == 0);
  reader->run([&](Snapshot& snapshot) { seen_by_others = rows(snapshot, "large"); }, 0);
  CHECK(seen_by_others == more_than_the_cache);
  CHECK(is_whole());
}

TEST_CASE("the log by itself has all of a commit, whatever its size and however often it changed a page") {
  Fixture fixture{GENERATE(true, false)};
  const auto pages = GENERATE(1, 15, 16, 17, 150, more_than_the_cache);
  REQUIRE(fixture.add("before", 1) == std::nullopt);
  auto command = submit(*fixture.store, [&](Tx& tx) {
    add_pages(tx, "large", pages);
    tx.exec("UPDATE server_state SET value = value || 'w' WHERE key LIKE 'large/%'");
    tx.exec("UPDATE server_state SET value = 'last' WHERE key = 'large/0'");
    return true;
  });
  REQUIRE(failure_of(command) == std::nullopt);
  REQUIRE(fixture.add("after", 1) == std::nullopt);

  const TempFolder rest;
  std::filesystem::copy_file(fixture.file(), rest / "a.db");
  std::filesystem::copy_file(fixture.file() + "-wal", rest / "a.db-wal");
  store::DatabaseOptions options;
  options.url = "sqlite:" + rest / "a.db";
  TestDatabase store{Engine::sqlite, Schema::none, options};
  store->read([&](Snapshot& snapshot) {
    CHECK(rows(snapshot, "before") == 1);
    CHECK(rows(snapshot, "large") == pages);
    CHECK(rows(snapshot, "after") == 1);
    CHECK(snapshot.get<std::string>("SELECT value FROM server_state WHERE key = 'large/0'") == "last");
    CHECK(snapshot.get<std::string>("SELECT integrity_check FROM pragma_integrity_check") == "ok");
  });
}

TEST_CASE_METHOD(Fixture, "nothing of a transaction goes to the log after its end, when others may write") {
  store::SqliteConnection own{
      store::open_sqlite_file(file(), SQLITE_OPEN_READWRITE, std::chrono::seconds{10}, store::LogWrites::joined)};
  const std::string pages =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
      "INSERT INTO server_state (key, value) SELECT '%/' || i, hex(zeroblob(2000)) FROM n";
  const auto pages_of = [&](const std::string& key) { return std::string{pages}.replace(pages.find('%'), 1, key); };
  Stranger stranger{file()};

  own.begin("BEGIN IMMEDIATE");
  const auto before = disk.log_writes();
  own.run_script(pages_of("undone"));
  CHECK(disk.log_writes() - before > 1000);  // its cache is too small for all
  REQUIRE(own.rollback());
  REQUIRE(stranger.run(pages_of("stranger")));
  own.begin("BEGIN IMMEDIATE");
  own.run_script("INSERT INTO server_state (key, value) VALUES ('own/1', 'v')");
  std::exception_ptr failure;
  REQUIRE(own.commit(failure) == store::SqliteConnection::Commit::done);

  for (int pass = 0; pass < 2; ++pass) {
    CHECK(rows_of("undone") == 0);
    CHECK(rows_of("stranger") == 3000);
    CHECK(rows_of("own") == 1);
    CHECK(is_whole());
    store.reopen();
  }
}

TEST_CASE_METHOD(Fixture, "a commit that finds no room leaves nothing behind for the next one") {
  for (int write = 1; write <= 5; ++write) {
    const auto number = std::to_string(write);
    disk.arm(Call::write_log, write, SQLITE_FULL);
    REQUIRE(add("refused" + number, 100) == Kind::storage_full);
    REQUIRE_FALSE(disk.armed());
    REQUIRE(add("kept" + number, 100) == std::nullopt);
  }
  CHECK(fatal == 0);
  for (int pass = 0; pass < 2; ++pass) {
    CHECK(rows_of("refused_") == 0);
    CHECK(rows_of("kept_") == 500);
    CHECK(is_whole());
    store.reopen();
  }
}

TEST_CASE_METHOD(Fixture, "who writes by itself, without that, and whoever has no log are left alone") {
  Stranger stranger{file()};
  const auto before = disk.log_writes();
  REQUIRE(stranger.run("INSERT INTO server_state (key, value) VALUES ('stranger/1', 'v')"));
  CHECK(disk.log_writes() - before >= 2);  // a page's header and the page
  auto memory =
      store::open_sqlite_file(":memory:", SQLITE_OPEN_READWRITE, std::chrono::seconds{1}, store::LogWrites::joined);
  const auto exec = [&](const char* sql) { return sqlite3_exec(memory.get(), sql, nullptr, nullptr, nullptr); };
  REQUIRE(exec("CREATE TABLE t (x); BEGIN; INSERT INTO t VALUES (1)") == SQLITE_OK);
  {
    const store::JoinedWrites joined{memory.get()};
    CHECK(exec("COMMIT") == SQLITE_OK);
  }
  CHECK(exec("INSERT INTO t SELECT 1/0 FROM t WHERE (SELECT count(*) FROM t) <> 1") == SQLITE_OK);
}

TEST_CASE_METHOD(Fixture, "beside a writer that commits a few pages at a time every reader sees whole commits") {
  std::atomic<bool> is_over{false};
  std::atomic<int> torn{0};
  std::atomic<int> looks{0};
  std::thread reading{[&] {
    const auto reader = store->open_reader();
    while (!is_over) {
      reader->run([&](Snapshot& snapshot) { torn += rows(snapshot, "pair_") % 7 != 0 ? 1 : 0; }, 0);
      looks += 1;
    }
  }};
  for (int i = 0; i < 150; ++i)
    CHECK(add("pair" + std::string(1, static_cast<char>('a' + i % 26)) + "/" + std::to_string(i), 7) == std::nullopt);
  is_over = true;
  reading.join();
  CHECK(torn == 0);
  CHECK(looks > 0);
  CHECK(is_whole());
}
