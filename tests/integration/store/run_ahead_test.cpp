// Commits that another thread brings to the disk while the writer goes on: nobody hears of one before it is durable,
// what was answered outlives a power cut, and a disk that fails is the end.
#include <pthread.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>

#include "store/sqlite/horizon.hpp"
#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/sync_gate.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace guerdon::test;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  Fixture() : store(Engine::sqlite, Schema::migrated, options()) {}

  store::DatabaseOptions options() {
    store::DatabaseOptions result;
    result.faults = &gate;
    result.on_fatal = [this](int code, const std::string&) { fatal = code; };
    return result;
  }
  /// So many that the writer runs ahead.
  std::vector<std::future<void>> submit_many(int count) {
    std::vector<std::future<void>> commands;
    queue_behind(*store, [&] {
      for (int number = 0; number < count; ++number) {
        commands.push_back(submit(*store, [number](Tx& tx) {
          tx.exec("INSERT INTO server_state (key, value) VALUES ($1, 'x')", std::to_string(number));
          return true;
        }));
      }
    });
    return commands;
  }

  SyncGate gate;
  std::atomic<int> fatal{0};
  TestDatabase store;
};

std::int64_t count(Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT count(*) FROM server_state"); }

bool is_writer() {
  std::array<char, 16> name{};
  pthread_getname_np(pthread_self(), name.data(), name.size());
  return std::string_view{name.data()} == "store-writer";
}

bool is_pending(std::future<void>& future) {
  return future.wait_for(std::chrono::milliseconds{0}) == std::future_status::timeout;
}

}  // namespace

TEST_CASE("nobody is told of a commit that is on its way to the disk") {
  Fixture fixture;
  const auto before = fixture.store->open_reader();
  std::int64_t seen = -1;
  CHECK(before->look([&](Snapshot& snapshot) { seen = count(snapshot); }, 0));
  CHECK(seen == 0);

  fixture.gate.close();
  auto commands = fixture.submit_many(40);
  fixture.gate.wait_for_sync();
  const auto after = fixture.store->open_reader();
  CHECK_FALSE(after->look([&](Snapshot& snapshot) { seen = count(snapshot); }, 0));
  CHECK(seen > 0);  // it is there to be seen, but not to be told
  std::promise<bool> told;
  auto settled = told.get_future();
  after->settle([&](bool is_durable) { told.set_value(is_durable); });
  std::atomic<bool> has_read{false};
  std::thread waiting([&] {
    fixture.store->open_reader()->run([&](Snapshot& snapshot) { (void)count(snapshot); }, 0);
    has_read = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  CHECK_FALSE(has_read);
  CHECK(settled.wait_for(std::chrono::milliseconds{0}) == std::future_status::timeout);
  CHECK(std::ranges::all_of(commands, is_pending));

  fixture.gate.open();
  for (auto& command : commands) CHECK_NOTHROW(command.get());
  REQUIRE(settled.wait_for(std::chrono::seconds{60}) == std::future_status::ready);
  CHECK(settled.get());
  waiting.join();
  fixture.store->read([](Snapshot& snapshot) { CHECK(count(snapshot) == 40); });
}

TEST_CASE("a command alone is durable before it can be read") {
  Fixture fixture;
  for (int number = 0; number < 3; ++number) {
    auto command = submit(*fixture.store, [number](Tx& tx) {
      tx.exec("INSERT INTO server_state (key, value) VALUES ($1, 'x')", std::to_string(number));
      return true;
    });
    CHECK_NOTHROW(command.get());
  }
  CHECK(fixture.gate.syncs() == 0);
}

TEST_CASE("what the disk did not take is unknown, and nothing follows it") {
  Fixture fixture;
  fixture.gate.close();
  auto commands = fixture.submit_many(40);
  fixture.gate.wait_for_sync();
  const auto reader = fixture.store->open_reader();
  REQUIRE_FALSE(reader->look([](Snapshot& snapshot) { (void)count(snapshot); }, 0));
  fixture.gate.fail();
  std::size_t unknown = 0;
  for (auto& command : commands) {
    const auto kind = failure_of(command);
    if (kind == StoreError::Kind::commit_unknown)
      unknown += 1;
    else
      CHECK(kind == StoreError::Kind::unavailable);  // it had not begun
  }
  CHECK(unknown > 0);
  auto late = submit(*fixture.store, [](Tx&) { return true; });
  CHECK(failure_of(late) == StoreError::Kind::unavailable);
  std::promise<bool> told;
  reader->settle([&](bool is_durable) { told.set_value(is_durable); });
  CHECK_FALSE(told.get_future().get());
  CHECK_THROWS_AS(reader->run([](Snapshot& snapshot) { (void)count(snapshot); }, 0), StoreError);
  fixture.store->close();  // whoever was told was told before the server
  CHECK(fixture.fatal == 74);
}

TEST_CASE("what was answered outlives a power cut") {
  const TempFolder folder;
  const auto log = folder / "a.db-wal";
  SyncGate gate;
  FakeClock clock;
  const auto random = system_random();
  IdSource ids{*random};
  store::DatabaseOptions options;
  options.url = "sqlite:" + folder / "a.db";
  options.clock = &clock;
  options.ids = &ids;
  options.faults = &gate;
  auto database = store::open_database(options);
  store::migrate(*database);

  // At each sync: how much of the log the one before has covered, and how many were answered by then.
  struct Cut {
    std::uintmax_t log;
    std::vector<int> answered;
  };
  std::mutex mutex;
  std::vector<int> answered;
  std::vector<Cut> cuts;
  std::uintmax_t covered = 0;
  gate.on_sync = [&] {
    const std::lock_guard lock{mutex};
    if (covered != 0) cuts.push_back({covered, answered});
    covered = fs::file_size(log);
  };
  std::vector<std::future<void>> commands;
  for (int round = 0; round < 8; ++round) {
    queue_behind(*database, [&] {
      for (int i = 0; i < 60; ++i) {
        const int number = round * 60 + i;
        auto promise = std::make_shared<std::promise<void>>();
        commands.push_back(promise->get_future());
        database->submit(std::make_unique<FunctionCommand>(
            [number](Tx& tx) {
              tx.exec("INSERT INTO server_state (key, value) VALUES ($1, $2)", std::to_string(number),
                      std::string(200, 'v'));
              return true;
            },
            [&, number, promise](const std::exception_ptr& failure) {
              {
                const std::lock_guard lock{mutex};
                if (!failure) answered.push_back(number);
                if (is_writer()) covered = fs::file_size(log);  // it has synced all there is by itself
              }
              promise->set_value();
            }));
      }
    });
  }
  for (auto& command : commands) command.wait();
  REQUIRE(answered.size() == 480);
  REQUIRE(cuts.size() > 3);

  options.faults = nullptr;
  for (const auto& cut : cuts) {
    const TempFolder rest;
    fs::copy_file(folder / "a.db", rest / "a.db");
    fs::copy_file(log, rest / "a.db-wal");
    fs::resize_file(rest / "a.db-wal", std::min(cut.log, fs::file_size(rest / "a.db-wal")));
    options.url = "sqlite:" + rest / "a.db";
    const auto after = store::open_database(options);
    after->read([&](Snapshot& snapshot) {
      CHECK(snapshot.get<std::string>("SELECT integrity_check FROM pragma_integrity_check") == "ok");
      for (const int number : cut.answered) {
        INFO("command " << number);
        CHECK(snapshot.find<std::string>("SELECT key FROM server_state WHERE key = $1", std::to_string(number)));
      }
    });
  }
}

TEST_CASE("the horizon tells each who waits, once, and at once what is known") {
  store::Horizon horizon;
  const auto first = horizon.announce();
  const auto second = horizon.announce();
  CHECK(horizon.visible() == second);
  CHECK_FALSE(horizon.is_durable(first));
  std::vector<std::pair<int, bool>> told;
  horizon.when(first, [&](bool is) { told.emplace_back(1, is); });
  horizon.when(second, [&](bool is) { told.emplace_back(2, is); });
  horizon.reach(first);
  CHECK(told == std::vector<std::pair<int, bool>>{{1, true}});
  CHECK(horizon.wait_for(first));
  horizon.give_up();
  CHECK(told == std::vector<std::pair<int, bool>>{{1, true}, {2, false}});
  CHECK_FALSE(horizon.wait_for(second));
  horizon.when(first, [&](bool is) { told.emplace_back(3, is); });
  horizon.when(second, [&](bool is) { told.emplace_back(4, is); });
  CHECK(told.back() == std::pair<int, bool>{4, false});
  CHECK(told.size() == 4);
}
