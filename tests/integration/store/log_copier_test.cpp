// Most of the log is in the file before the writer has to stop for it.
#include "store/sqlite/log_copier.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "guerdon/time.hpp"
#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/faulty_disk.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

constexpr std::int64_t page = 4096;

// A database with a log, whose writer copies nothing by itself.
struct Bench {
  static store::DatabaseOptions options_of(const Clock& clock) {
    store::DatabaseOptions options;
    options.clock = &clock;
    return options;
  }

  Bench() {
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA wal_autocheckpoint=0");
    run("CREATE TABLE t (n INTEGER PRIMARY KEY, v BLOB)");
    run("INSERT INTO t VALUES (0, NULL)");
  }

  void run(const std::string& sql, const store::SqliteHandle& connection) const {
    REQUIRE(sqlite3_exec(connection.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  void run(const std::string& sql) const { run(sql, writer); }
  void add_pages(int count) const {
    run("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < " + std::to_string(count) +
        ") INSERT INTO t (v) SELECT zeroblob(4000) FROM s");
  }
  [[nodiscard]] std::int64_t pages_in_file() const {
    return static_cast<std::int64_t>(std::filesystem::file_size(file)) / page;
  }
  // All of the log, by the writer; whether there was nothing that kept it from that.
  [[nodiscard]] bool end_checkpoint() const {
    int in_log = 0, copied = 0;
    const int code = sqlite3_wal_checkpoint_v2(writer.get(), "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
    return code == SQLITE_OK && in_log == copied;
  }
  [[nodiscard]] bool is_whole() const {
    std::string answer;
    const auto take = [](void* to, int, char** values, char**) {
      *static_cast<std::string*>(to) = values[0];
      return 0;
    };
    sqlite3_exec(writer.get(), "PRAGMA integrity_check", take, &answer, nullptr);
    return answer == "ok";
  }

  const TempFolder folder;
  const std::string file = (folder.path() / "a.db").string();
  const store::SqliteHandle writer =
      store::open_sqlite_file(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, std::chrono::milliseconds{100});
  const SystemClock clock;
  store::SqliteShared shared{file, true, options_of(clock)};
  std::string failure;
  store::LogCopier copier{shared, [this](const std::string& reason) { failure = reason; }};
};

}  // namespace

TEST_CASE("the copier copies what is committed, also in the middle of a transaction") {
  const auto bench = std::make_unique<Bench>();
  bench->add_pages(500);
  bench->run("BEGIN IMMEDIATE");
  bench->add_pages(300);
  CHECK(bench->pages_in_file() < 500);
  REQUIRE(bench->copier.begin());
  bench->copier.wait();
  CHECK_FALSE(bench->copier.is_at_work());
  CHECK(bench->pages_in_file() > 500);
  CHECK(bench->pages_in_file() < 700);
  bench->run("COMMIT");
  CHECK(bench->end_checkpoint());
  CHECK(bench->pages_in_file() > 800);
  CHECK(bench->is_whole());
  CHECK(bench->failure.empty());
}

TEST_CASE("the copier goes as far as the oldest reader, and on when asked again") {
  const auto bench = std::make_unique<Bench>();
  bench->add_pages(200);
  const auto reader = store::open_sqlite_file(bench->file, SQLITE_OPEN_READONLY, std::chrono::milliseconds{100});
  bench->run("BEGIN; SELECT count(*) FROM t", reader);
  bench->add_pages(300);
  REQUIRE(bench->copier.begin());
  bench->copier.wait();
  CHECK(bench->pages_in_file() < 300);
  bench->run("COMMIT", reader);
  REQUIRE(bench->copier.begin());
  bench->copier.wait();
  CHECK(bench->pages_in_file() > 500);
  CHECK(bench->is_whole());
}

TEST_CASE("a disk that fails while the copier copies or syncs is told of") {
  FaultyDisk disk;
  const auto bench = std::make_unique<Bench>();
  bench->add_pages(500);
  const auto call = GENERATE(FaultyDisk::Call::write_file, FaultyDisk::Call::sync_file, FaultyDisk::Call::sync_log);
  disk.arm(call, 1, call == FaultyDisk::Call::write_file ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC);
  REQUIRE(bench->copier.begin());
  bench->copier.wait();
  CHECK_FALSE(disk.armed());
  CHECK(bench->failure.find("copying the log failed") != std::string::npos);
  CHECK(bench->end_checkpoint());  // what was not copied is still in the log
  CHECK(bench->is_whole());
}

TEST_CASE("a copier that goes finishes first") {
  const auto bench = std::make_unique<Bench>();
  bench->add_pages(2000);
  {
    store::LogCopier passing{bench->shared, [](const std::string&) {}};
    REQUIRE(passing.begin());
  }
  CHECK(bench->pages_in_file() > 2000);
}

TEST_CASE("a store that is written to all the time keeps its log bounded and loses nothing") {
  TestDatabase store{Engine::sqlite, Schema::migrated};
  std::uint64_t largest = 0;
  std::int64_t next = 0;
  std::deque<std::future<void>> commands;
  while (next < 60'000) {
    commands.push_back(submit(*store, [from = std::exchange(next, next + 100)](Tx& tx) {
      for (auto i = from; i < from + 100; ++i)
        tx.exec("INSERT INTO server_state (key, value) VALUES ($1, $2)", std::to_string(i), std::string(4000, 'v'));
      return true;
    }));
    if (commands.size() < 20) continue;
    CHECK_FALSE(failure_of(commands.front()));
    commands.pop_front();
    largest = std::max(largest, store->stats().wal_pages);
  }
  for (auto& command : commands) CHECK_FALSE(failure_of(command));
  CHECK(largest >= 12'000);
  CHECK(largest < 24'000);
  const auto rows = [&] {
    return store->read(
        [](Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT count(*) FROM server_state"); });
  };
  const auto before = rows();
  CHECK(before >= 60'000);
  store.reopen();
  CHECK(rows() == before);
}
