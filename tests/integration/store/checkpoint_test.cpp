// The log is copied in stretches while it grows: bounded, with nothing lost, and most of the disk's work done beside
// the writer.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <deque>
#include <filesystem>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "store/sqlite/log_mark.hpp"
#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/eventually.hpp"
#include "support/faulty_disk.hpp"
#include "support/sync_gate.hpp"
#include "support/temp_folder.hpp"
#include "support/this_thread.hpp"

using namespace guerdon;
using namespace guerdon::test;
using Call = FaultyDisk::Call;
using Kind = StoreError::Kind;

namespace {

/// On a disk: with a log too large for the memory that some containers have for files.
struct DiskStore {
  explicit DiskStore(store::DatabaseOptions options = {})
      : store{Engine::sqlite, Schema::migrated, placed(std::move(options))} {}

  store::DatabaseOptions placed(store::DatabaseOptions options) const {
    options.url = "sqlite:" + file();
    return options;
  }
  [[nodiscard]] std::string file() const { return folder / "a.db"; }

  const TempFolder folder;
  TestDatabase store;
};

bool add_rows(Tx& tx, std::int64_t from, std::int64_t count) {
  for (auto row = from; row < from + count; ++row)
    tx.exec("INSERT INTO server_state (key, value) VALUES ($1, $2)", "flood/" + std::to_string(row),
            std::string(4000, 'v'));
  return true;
}

/// Commands of a page a row, of which some always wait (twenty, or `company`), so that the store is never idle.
class Flood {
 public:
  explicit Flood(Database& database, std::int64_t rows_a_command = 100, std::size_t company = 20)
      : database_(database), size_(rows_a_command), company_(company) {}

  void run(int commands, const std::function<void()>& meanwhile = [] {}) {
    for (int i = 0; i < commands; ++i) {
      waiting_.push_back(submit(database_, [from = std::exchange(next_, next_ + size_), size = size_](Tx& tx) {
        return add_rows(tx, from, size);
      }));
      if (waiting_.size() >= company_) end_one();
      meanwhile();
    }
    while (!waiting_.empty()) end_one();
  }
  [[nodiscard]] std::int64_t kept_rows() const { return size_ * kept_; }
  [[nodiscard]] const std::set<Kind>& failures() const { return failures_; }

 private:
  void end_one() {
    const auto failure = failure_of(waiting_.front());
    waiting_.pop_front();
    if (failure)
      failures_.insert(*failure);
    else
      kept_ += 1;
  }

  Database& database_;
  const std::int64_t size_;
  const std::size_t company_;
  std::int64_t next_ = 0, kept_ = 0;
  std::deque<std::future<void>> waiting_;
  std::set<Kind> failures_;
};

std::int64_t rows(TestDatabase& store) {
  return store->read([](Snapshot& snapshot) {
    return snapshot.get<std::int64_t>("SELECT count(*) FROM server_state WHERE key LIKE 'flood/%'");
  });
}

bool is_whole(TestDatabase& store) {
  return store->read([](Snapshot& snapshot) {
    return snapshot.get<std::string>("SELECT integrity_check FROM pragma_integrity_check");
  }) == "ok";
}

}  // namespace

TEST_CASE("a mark is as far as a checkpoint goes, and keeps the log from beginning anew") {
  constexpr std::int64_t page = 4096;
  const TempFolder folder;
  const std::string file = folder / "a.db";
  const auto writer =
      store::open_sqlite_file(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, std::chrono::milliseconds{100});
  const auto run = [&](const std::string& sql) {
    REQUIRE(sqlite3_exec(writer.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  };
  const auto add_pages = [&](int count) {
    run("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < " + std::to_string(count) +
        ") INSERT INTO t (v) SELECT zeroblob(4000) FROM s");
  };
  int pages_in_log = 0;
  const auto pages_after_checkpoint = [&] {
    sqlite3_wal_checkpoint_v2(writer.get(), "main", SQLITE_CHECKPOINT_PASSIVE, &pages_in_log, nullptr);
    return static_cast<std::int64_t>(std::filesystem::file_size(file)) / page;
  };
  const FakeClock clock;
  store::DatabaseOptions options;
  options.clock = &clock;
  const store::SqliteShared shared{file, true, options};
  store::LogMark mark{shared};

  run("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (v)");
  add_pages(200);
  REQUIRE(mark.set());
  CHECK(mark.is_set());
  add_pages(300);
  const auto marked = pages_after_checkpoint();
  CHECK(marked >= 200);
  CHECK(marked < 300);
  REQUIRE(mark.set());
  add_pages(400);
  const auto further = pages_after_checkpoint();
  CHECK(further >= 500);
  CHECK(further < 600);
  REQUIRE(mark.set());  // at the end of the log, of which all is copied then
  CHECK(pages_after_checkpoint() >= 900);
  run("INSERT INTO t VALUES (1)");
  static_cast<void>(pages_after_checkpoint());
  CHECK(pages_in_log > 900);  // it goes on
  mark.clear();
  CHECK_FALSE(mark.is_set());
  static_cast<void>(pages_after_checkpoint());
  run("INSERT INTO t VALUES (1)");
  static_cast<void>(pages_after_checkpoint());
  CHECK(pages_in_log < 10);
}

TEST_CASE("commits of a stretch each don't make the log grow without end") {
  DiskStore disk;
  std::uint64_t largest = 0;
  Flood flood{*disk.store, 2'500};
  flood.run(30, [&] { largest = std::max(largest, disk.store->stats().wal_pages); });
  CHECK(flood.failures().empty());
  CHECK(largest >= 12'000);
  CHECK(largest < 30'000);
}

TEST_CASE("after stretches a commit by itself is synced by who made it") {
  FaultyDisk faulty;
  DiskStore disk;
  const auto company = GENERATE(1, 20);  // each commit synced by who made it, or by another thread
  Flood flood{*disk.store, 100, static_cast<std::size_t>(company)};
  flood.run(100);
  REQUIRE(disk.store->stats().wal_pages > 8'000);
  std::mutex mutex;
  std::multiset<std::string> threads;
  faulty.tell_syncs([&](const std::string&) {
    const std::lock_guard lock{mutex};
    threads.insert(this_thread_name());
  });
  const auto is_synced_by_writer = [&] {
    const std::lock_guard lock{mutex};
    return threads.contains("store-writer");
  };
  for (int i = 1; i <= 100 && !is_synced_by_writer(); ++i) {  // the first may follow one that the syncer still has
    auto alone = submit(*disk.store, [i](Tx& tx) { return add_rows(tx, -i, 1); });
    CHECK_FALSE(failure_of(alone));
  }
  CHECK(is_synced_by_writer());
  faulty.tell_syncs(nullptr);
}

TEST_CASE("a power cut while the disk is behind leaves no page in the file that the log has not") {
  FaultyDisk faulty;
  SyncGate gate;
  store::DatabaseOptions options;
  options.faults = &gate;
  DiskStore disk{options};
  const auto log = disk.file() + "-wal";
  std::mutex mutex;
  std::uintmax_t synced = 0;
  faulty.tell_syncs([&](const std::string&) {
    const std::lock_guard lock{mutex};
    synced = std::filesystem::file_size(log);
  });
  constexpr std::int64_t size = 1'500;
  Flood before{*disk.store, size};
  before.run(8);
  disk.store.reopen();  // all of that is in the file, and the log is empty
  auto first = submit(*disk.store, [](Tx& tx) {
    tx.exec("INSERT INTO server_state (key, value) VALUES ('count', '0')");
    return true;
  });
  CHECK_FALSE(failure_of(first));
  gate.close();
  std::vector<std::future<void>> commands;
  queue_behind(*disk.store, [&] {
    for (int i = 0; i < 16; ++i)  // each counts itself, on a page that all of them write, and has pages of its own
      commands.push_back(submit(*disk.store, [i](Tx& tx) {
        tx.exec("UPDATE server_state SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'count'");
        for (std::int64_t row = i * size; row < (i + 1) * size && i < 8; ++row)
          tx.exec("UPDATE server_state SET value = $2 WHERE key = $1", "flood/" + std::to_string(row),
                  std::string(4000, 'w'));
        return true;
      }));
  });
  std::uint64_t pages = 0;  // two stretches at least, and until the writer waits for the syncer
  for (int i = 0, still = 0; i < 3'000 && still < 20; ++i, std::this_thread::sleep_for(std::chrono::milliseconds{20})) {
    const auto now = disk.store->stats().wal_pages;
    still = now > 4'500 && now == pages ? still + 1 : 0;
    pages = now;
  }
  CHECK(pages > 4'500);
  const TempFolder rest;
  std::filesystem::copy_file(disk.file(), rest / "a.db");
  std::filesystem::copy_file(log, rest / "a.db-wal");
  {
    const std::lock_guard lock{mutex};
    std::filesystem::resize_file(rest / "a.db-wal", synced);
  }
  gate.open();
  for (auto& command : commands) CHECK_FALSE(failure_of(command));
  faulty.tell_syncs(nullptr);

  store::DatabaseOptions after;
  after.url = "sqlite:" + rest / "a.db";
  TestDatabase store{Engine::sqlite, Schema::none, after};
  CHECK(is_whole(store));
  store->read([](Snapshot& snapshot) {
    const auto counted = snapshot.get<std::string>("SELECT value FROM server_state WHERE key = 'count'");
    const auto changed = snapshot.get<std::int64_t>("SELECT count(*) FROM server_state WHERE value LIKE 'w%'");
    CHECK(changed == size * std::stoll(counted));
  });
}

TEST_CASE("a store that is written to all the time keeps its log bounded, flushes beside the writer, loses nothing") {
  FaultyDisk disk;
  store::DatabaseOptions options;
  options.full_durability = GENERATE(true, false);
  DiskStore place{options};
  TestDatabase& store = place.store;
  std::mutex mutex;
  std::multiset<std::string> threads;
  disk.tell_file_syncs([&] {
    const std::lock_guard lock{mutex};
    threads.insert(this_thread_name());
  });
  std::uint64_t largest = 0;
  Flood flood{*store};
  flood.run(600, [&] { largest = std::max(largest, store->stats().wal_pages); });
  disk.tell_file_syncs(nullptr);
  CHECK(flood.failures().empty());
  CHECK(largest >= 12'000);
  CHECK(largest < 30'000);
  CHECK(threads.count("store-flusher") > 0);  // as often as the disk allows
  CHECK(threads.count("store-writer") > 0);
  CHECK(rows(store) == 60'000);
  store.reopen();
  CHECK(rows(store) == 60'000);
  CHECK(is_whole(store));
}

TEST_CASE("an idle store copies its log, but not while somebody waits for company") {
  FaultyDisk faulty;
  DiskStore disk;
  std::atomic<int> copied{0};
  faulty.tell_file_syncs([&] { ++copied; });
  std::promise<int> until_company;
  // On the writer's thread: it is not idle before the next one waits.
  const auto first = [&](const std::exception_ptr&) {
    copied = 0;
    disk.store->submit(std::make_unique<FunctionCommand>(
        [&](Tx&) {
          until_company.set_value(copied);
          return false;
        },
        [](const std::exception_ptr&) {}, Lane::request, std::chrono::milliseconds{800}));
  };
  disk.store->submit(std::make_unique<FunctionCommand>([](Tx& tx) { return add_rows(tx, 0, 10); }, first));
  CHECK(until_company.get_future().get() == 0);
  CHECK(eventually([&] { return copied > 0; }));
  faulty.tell_file_syncs(nullptr);
}

TEST_CASE("erasing and stretches don't hinder each other") {
  DiskStore place;
  TestDatabase& store = place.store;
  std::promise<void> erased;
  Flood flood{*store};
  flood.run(50);
  store->erase_deleted([&] { erased.set_value(); });
  flood.run(150);
  CHECK(erased.get_future().wait_for(std::chrono::seconds{60}) == std::future_status::ready);
  CHECK(flood.failures().empty());
  store.reopen();
  CHECK(rows(store) == 20'000);
  CHECK(is_whole(store));
}

TEST_CASE("a disk that fails in the middle of a stretch, or while it is flushed, stops the store and loses nothing") {
  FaultyDisk disk;
  std::atomic<int> fatal{0};
  store::DatabaseOptions options;
  options.on_fatal = [&](int code, const std::string&) { fatal = code; };
  DiskStore place{options};
  TestDatabase& store = place.store;
  const auto call = GENERATE(Call::write_file, Call::sync_file);
  Flood flood{*store};
  flood.run(100, [&, is_first = true]() mutable {  // some 10,000 pages: less than the bound
    if (std::exchange(is_first, false))
      disk.arm(call, 1, call == Call::write_file ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC);
  });
  for (int i = 0; i < 1000 && fatal == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  CHECK_FALSE(disk.armed());
  CHECK(fatal == 74);
  auto later = submit(*store, [](Tx&) { return true; });
  CHECK(failure_of(later) == Kind::unavailable);
  disk.disarm();
  store.reopen();
  CHECK(rows(store) >= flood.kept_rows());
  CHECK(rows(store) % 100 == 0);
  CHECK(is_whole(store));
}
