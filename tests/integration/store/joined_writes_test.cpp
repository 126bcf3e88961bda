// What a commit writes to the log goes there in few calls, and never later than others may look for it.
#include "store/sqlite/joined_writes.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include "guerdon/app.hpp"
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

/// The file and its log as they are at this moment, opened elsewhere: what the log says, and nothing that is in memory.
struct Copy {
  explicit Copy(const Fixture& fixture) {
    std::filesystem::copy_file(fixture.file(), folder / "a.db");
    std::filesystem::copy_file(fixture.file() + "-wal", folder / "a.db-wal");
    store::DatabaseOptions options;
    options.url = "sqlite:" + folder / "a.db";
    store.emplace(Engine::sqlite, Schema::none, options);
  }
  std::int64_t rows_of(const std::string& key) {
    return (*store)->read([&](Snapshot& snapshot) { return rows(snapshot, key); });
  }
  bool is_whole() {
    return (*store)->read([](Snapshot& snapshot) {
      return snapshot.get<std::string>("SELECT integrity_check FROM pragma_integrity_check");
    }) == "ok";
  }

  TempFolder folder;
  std::optional<TestDatabase> store;
};

/// One connection more to a file; nobody but the store checkpoints it.
store::SqliteHandle connect(const std::string& file, store::LogWrites writes) {
  auto handle = store::open_sqlite_file(file, SQLITE_OPEN_READWRITE, std::chrono::seconds{10}, writes);
  sqlite3_wal_autocheckpoint(handle.get(), 0);
  return handle;
}

bool run(const store::SqliteHandle& connection, const std::string& sql) {
  return sqlite3_exec(connection.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

sqlite3_file* log_of(sqlite3* connection) {
  sqlite3_file* log = nullptr;
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  return log;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "a commit writes its pages to the log together, at most 64 KiB at a time") {
  int writes = 0;
  for (int round = 0; round < 10 && writes != 1; ++round) {  // a log that begins anew has a header of its own
    const auto before = disk.log_writes();
    REQUIRE(add("small" + std::to_string(round), 1) == std::nullopt);
    writes = disk.log_writes() - before;
  }
  CHECK(writes == 1);
  const auto before = disk.log_writes();
  REQUIRE(add("large", 150) == std::nullopt);
  CHECK(disk.log_writes() - before >= 150 / 16);
  CHECK(disk.log_writes() - before <= 200 / 15);
  CHECK(disk.largest_log_write() <= 64 * 1024);
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

  Copy copy{fixture};
  CHECK(copy.rows_of("before") == 1);
  CHECK(copy.rows_of("large") == pages);
  CHECK(copy.rows_of("after") == 1);
  CHECK(copy.is_whole());
  (*copy.store)->read([](Snapshot& snapshot) {
    CHECK(snapshot.get<std::string>("SELECT value FROM server_state WHERE key = 'large/0'") == "last");
  });
}

TEST_CASE_METHOD(Fixture, "nothing of a transaction goes to the log after its end, when others may write") {
  store::SqliteConnection own{connect(file(), store::LogWrites::joined)};
  const std::string pages =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
      "INSERT INTO server_state (key, value) SELECT '%/' || i, hex(zeroblob(2000)) FROM n";
  const auto pages_of = [&](const std::string& key) { return std::string{pages}.replace(pages.find('%'), 1, key); };
  const auto stranger = connect(file(), store::LogWrites::plain);

  own.begin("BEGIN IMMEDIATE");
  const auto before = disk.log_writes();
  own.run_script(pages_of("undone"));
  CHECK(disk.log_writes() - before > 1000);  // its cache is too small for all
  REQUIRE(own.rollback());
  REQUIRE(run(stranger, pages_of("stranger")));
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
    Copy copy{*this};
    CHECK(copy.rows_of("refused_") == 0);
    CHECK(copy.is_whole());
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

TEST_CASE_METHOD(Fixture, "outside of a commit, and without a log, nothing is kept") {
  const auto own = connect(file(), store::LogWrites::joined);
  const auto before = disk.log_writes();
  REQUIRE(run(own, "INSERT INTO server_state (key, value) VALUES ('own/1', 'v')"));
  CHECK(disk.log_writes() - before >= 2);  // a page's header and the page
  CHECK(rows_of("own") == 1);

  auto memory =
      store::open_sqlite_file(":memory:", SQLITE_OPEN_READWRITE, std::chrono::seconds{1}, store::LogWrites::joined);
  REQUIRE(run(memory, "CREATE TABLE t (x); BEGIN; INSERT INTO t VALUES (1)"));
  {
    const store::JoinedWrites joined{memory.get()};
    CHECK(run(memory, "COMMIT"));
  }
  CHECK(store::SqliteConnection{std::move(memory)}.pragma("SELECT count(*) FROM t") == "1");
}

TEST_CASE_METHOD(
    Fixture, "who asks a log for its bytes or its size finds what was kept, and what was not asked for is dropped") {
  const auto own = connect(file(), store::LogWrites::joined);
  REQUIRE(run(own, "SELECT 1 FROM server_state"));  // opens the log
  auto* const log = log_of(own.get());
  REQUIRE(log != nullptr);
  sqlite3_int64 size = 0;
  REQUIRE(log->pMethods->xFileSize(log, &size) == SQLITE_OK);
  REQUIRE(size > 0);
  std::array<char, 24> header{};  // of a page that is not the last one of its commit
  std::array<char, 4096> page{};
  page.fill('p');
  const auto write_page = [&](sqlite3_int64 at) {
    return log->pMethods->xWrite(log, header.data(), static_cast<int>(header.size()), at) == SQLITE_OK &&
           log->pMethods->xWrite(log, page.data(), static_cast<int>(page.size()), at + 24) == SQLITE_OK;
  };
  const auto on_disk = [&] { return static_cast<sqlite3_int64>(std::filesystem::file_size(file() + "-wal")); };

  std::optional<store::JoinedWrites> joined;
  joined.emplace(own.get());
  REQUIRE(write_page(size));
  CHECK(on_disk() == size);
  sqlite3_int64 told = 0;
  CHECK(log->pMethods->xFileSize(log, &told) == SQLITE_OK);
  CHECK(told == size + 4120);
  CHECK(on_disk() == size + 4120);
  REQUIRE(write_page(size + 4120));
  CHECK(on_disk() == size + 4120);
  std::array<char, 4096> read{};
  CHECK(log->pMethods->xRead(log, read.data(), static_cast<int>(read.size()), size + 4120 + 24) == SQLITE_OK);
  CHECK(read == page);
  REQUIRE(write_page(size + 2 * 4120));
  CHECK(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) == SQLITE_OK);
  CHECK(on_disk() == size + 3 * 4120);
  REQUIRE(write_page(size + 3 * 4120));
  joined.reset();
  CHECK(log->pMethods->xFileSize(log, &told) == SQLITE_OK);
  CHECK(told == size + 3 * 4120);
  CHECK(log->pMethods->xTruncate(log, size) == SQLITE_OK);
}

TEST_CASE("a log that can't be opened is an error with its reason, and nothing else") {
  const TempFolder folder;
  const std::string file = folder / "a.db";
  {
    const TestDatabase made{Engine::sqlite, Schema::migrated, [&] {
                              store::DatabaseOptions options;
                              options.url = "sqlite:" + file;
                              return options;
                            }()};
  }
  std::filesystem::remove(file + "-wal");
  std::filesystem::create_directory(file + "-wal");
  store::DatabaseOptions options;
  options.url = "sqlite:" + file;
  CHECK_THROWS_AS(TestDatabase(Engine::sqlite, Schema::none, options), StartError);
}

TEST_CASE_METHOD(Fixture, "beside a writer that commits a few pages at a time every reader sees whole commits") {
  std::atomic<bool> is_over{false};
  std::atomic<int> torn{0}, failed{0}, looks{0};
  std::thread reading{[&] {
    const auto reader = store->open_reader();
    while (!is_over) {
      try {
        reader->run([&](Snapshot& snapshot) { torn += rows(snapshot, "pair_") % 7 != 0 ? 1 : 0; }, 0);
      } catch (const std::exception&) {
        failed += 1;
      }
      looks += 1;
    }
  }};
  int refused = 0;
  for (int i = 0; i < 150; ++i) {
    const auto key = "pair" + std::string(1, static_cast<char>('a' + i % 26)) + "/" + std::to_string(i);
    refused += add(key, 7) ? 1 : 0;
  }
  is_over = true;
  reading.join();
  CHECK(refused == 0);
  CHECK(torn == 0);
  CHECK(failed == 0);
  CHECK(looks > 0);
  CHECK(rows_of("pair_") == 150 * 7);
  CHECK(is_whole());
}
