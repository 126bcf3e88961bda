// A disk that is full or fails, at every place in turn: what was answered is there, what was refused is not, and the
// file stays whole.
#include <catch2/catch.hpp>

#include <atomic>
#include <set>
#include <thread>

#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/faulty_disk.hpp"
#include "support/sync_gate.hpp"

using namespace guerdon;
using namespace guerdon::test;
using Call = FaultyDisk::Call;
using Kind = StoreError::Kind;
using End = std::optional<Kind>;  // of a command: why it failed, or nothing

namespace {

/// A few commands that one commit takes, or so many that the store runs ahead of the disk.
int few_or_many() { return GENERATE(3, 12); }

struct Fixture {
  Fixture() : store(Engine::sqlite, Schema::migrated, options()) {}

  store::DatabaseOptions options() {
    store::DatabaseOptions result;
    result.on_fatal = [this](int code, const std::string&) { fatal = code; };
    return result;
  }

  /// As a supervisor does.
  void restart() {
    disk.disarm();
    store.reopen();
    fatal = 0;
  }

  std::int64_t rows(const std::string& key) {
    return store->read([&](Snapshot& snapshot) {
      return snapshot.get<std::int64_t>("SELECT count(*) FROM server_state WHERE key LIKE $1", key + "/%");
    });
  }
  bool whole() {
    return store->read([](Snapshot& snapshot) {
      return snapshot.get<std::string>("SELECT integrity_check FROM pragma_integrity_check");
    }) == "ok";
  }

  FaultyDisk disk;
  std::atomic<int> fatal{0};
  TestDatabase store;
};

bool work(Tx& tx, const std::string& key, std::size_t size = 3000) {
  for (int i = 0; i < 3; ++i) {
    tx.exec("INSERT INTO server_state (key, value) VALUES ($1, $2)", key + "/" + std::to_string(i),
            std::string(size, 'v'));
  }
  return true;
}

std::string key_of(int round, int command) { return std::to_string(round) + "-" + std::to_string(command); }

/// Of a round, divided among its commands, for each of their three rows: more than five writes of 64 KiB.
constexpr std::size_t bytes_a_round = 130'000;

/// So many commands that queue up while the disk is as `arm` made it; how each ended.
template <class F>
std::vector<End> round(Fixture& fixture, int number, int count, F arm) {
  const auto size = bytes_a_round / static_cast<std::size_t>(count);
  std::vector<std::future<void>> commands;
  queue_behind(*fixture.store, [&] {
    arm();
    for (int i = 0; i < count; ++i) {
      commands.push_back(
          submit(*fixture.store, [key = key_of(number, i), size](Tx& tx) { return work(tx, key, size); }));
    }
  });
  std::vector<End> ends;
  for (auto& command : commands) ends.push_back(failure_of(command));
  return ends;
}

}  // namespace

TEST_CASE("wherever the disk is full, commands are refused as a whole, and writing goes on when there is room") {
  Fixture fixture;
  const int commands_a_round = few_or_many();
  int number = 0;
  for (bool struck = true; struck;) {
    ++number;
    const auto ends =
        round(fixture, number, commands_a_round, [&] { fixture.disk.arm(Call::write_log, number, SQLITE_FULL, true); });
    struck = !fixture.disk.armed();
    for (int i = 0; i < commands_a_round; ++i) {
      const auto end = ends[static_cast<std::size_t>(i)];
      INFO("command " << key_of(number, i));
      if (end) CHECK(*end == Kind::storage_full);
      CHECK(fixture.rows(key_of(number, i)) == (end ? 0 : 3));
    }
    fixture.disk.disarm();
    const auto after = round(fixture, 1000 + number, commands_a_round, [] {});
    CHECK(std::ranges::count(after, End{}) == commands_a_round);
    CHECK(fixture.fatal == 0);
  }
  CHECK(number > 5);
  CHECK(fixture.whole());
}

TEST_CASE("wherever writing the log fails, what was answered is there after the restart and nothing is half there") {
  Fixture fixture;
  const int commands_a_round = few_or_many();
  const auto call = GENERATE(Call::write_log, Call::sync_log);
  const int code = call == Call::write_log ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC;
  int number = 0;
  for (bool struck = true; struck;) {
    ++number;
    const auto ends = round(fixture, number, commands_a_round, [&] { fixture.disk.arm(call, number, code); });
    struck = !fixture.disk.armed();
    const bool unknown = std::ranges::count(ends, End{Kind::commit_unknown}) > 0;
    fixture.store->close();
    CHECK(fixture.fatal == (struck ? 74 : 0));
    if (!struck) CHECK(std::ranges::count(ends, End{}) == commands_a_round);
    fixture.restart();
    std::set<std::int64_t> of_the_unknown;
    for (int i = 0; i < commands_a_round; ++i) {
      const auto end = ends[static_cast<std::size_t>(i)];
      const auto rows = fixture.rows(key_of(number, i));
      INFO("command " << key_of(number, i));
      if (!end) CHECK(rows == 3);
      if (end == Kind::commit_unknown) of_the_unknown.insert(rows);
      if (end && end != Kind::commit_unknown) CHECK(rows == 0);
    }
    if (unknown) CHECK((of_the_unknown == std::set<std::int64_t>{0} || of_the_unknown == std::set<std::int64_t>{3}));
    CHECK(fixture.whole());
  }
  CHECK(number > 1);
}

TEST_CASE("a checkpoint that fails loses nothing, and the store stops") {
  Fixture fixture;
  const auto call = GENERATE(Call::write_file, Call::sync_file);
  std::future<void> command;
  {
    const BusyStore busy(*fixture.store);  // which is not idle before the command
    fixture.disk.arm(call, 1, call == Call::write_file ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC);
    command = submit(*fixture.store, [](Tx& tx) { return work(tx, "kept"); });
  }
  CHECK_FALSE(failure_of(command));
  while (fixture.disk.armed()) std::this_thread::yield();  // until the store is idle and copies the log
  auto later = submit(*fixture.store, [](Tx& tx) { return work(tx, "later"); });
  CHECK(failure_of(later) == Kind::unavailable);
  CHECK(fixture.fatal == 74);
  fixture.restart();
  CHECK(fixture.rows("kept") == 3);
  CHECK(fixture.whole());
}

TEST_CASE("a file found damaged is not written to any more") {
  Fixture fixture;
  auto before = submit(*fixture.store, [](Tx& tx) { return work(tx, "before"); });
  CHECK_FALSE(failure_of(before));
  fixture.restart();
  auto reader = fixture.store->open_reader();
  fixture.disk.arm(Call::read_file, 1, SQLITE_CORRUPT, true);
  const auto read = [](Snapshot& snapshot) { (void)snapshot.list<std::string>("SELECT value FROM server_state"); };
  CHECK_THROWS_AS(reader->run(read, 0), StoreError);
  fixture.disk.disarm();
  auto after = submit(*fixture.store, [](Tx& tx) { return work(tx, "after"); });
  CHECK(failure_of(after) == Kind::broken);
  CHECK_NOTHROW(reader->run(read, 0));
  reader.reset();
  fixture.restart();
  CHECK(fixture.rows("before") == 3);
  CHECK(fixture.rows("after") == 0);
}
