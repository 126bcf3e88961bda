// Commits that another thread brings to the disk while the writer goes on: nobody hears of one before it is durable,
// nobody reads what is older than what anybody was told, and a disk that fails is the end.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/eventually.hpp"
#include "support/sync_gate.hpp"

using namespace guerdon;
using namespace guerdon::test;

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

bool is_pending(std::future<void>& future) {
  return future.wait_for(std::chrono::milliseconds{0}) == std::future_status::timeout;
}

/// The number once it has not risen for a while.
int where_it_stands_still(const std::atomic<int>& number) {
  for (int last = -1;;) {
    const int now = number;
    if (now == last) return now;
    last = now;
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
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

TEST_CASE("what is read waits for the disk before anybody works with it, and only for what it can have seen") {
  Fixture fixture;
  fixture.gate.close();
  const auto early = fixture.store->open_reader();
  std::vector<std::future<void>> commands;
  early->run(
      [&](Snapshot& snapshot) {
        CHECK(count(snapshot) == 0);
        commands = fixture.submit_many(40);
        fixture.gate.wait_for_sync();
      },
      0);  // it returned: what it saw is older
  std::atomic<std::int64_t> sent{-1};
  std::thread sender(
      [&] { fixture.store->open_reader()->run([&](Snapshot& snapshot) { sent = count(snapshot); }, 0); });
  std::this_thread::sleep_for(std::chrono::milliseconds{50});
  CHECK(sent == -1);
  fixture.gate.open();
  sender.join();
  CHECK(sent > 0);
  for (auto& command : commands) CHECK_NOTHROW(command.get());
}

TEST_CASE("groups that wait for the disk share the next sync, also the one that the writer has just committed") {
  Fixture fixture;
  fixture.gate.close();
  std::atomic<int> run{0};
  std::vector<std::future<void>> commands;
  queue_behind(*fixture.store, [&] {
    for (int number = 0; number < 20; ++number) {
      commands.push_back(submit(*fixture.store, [&run, number](Tx& tx) {
        std::this_thread::sleep_for(std::chrono::milliseconds{3});  // a group of its own
        tx.exec("INSERT INTO server_state (key, value) VALUES ($1, 'x')", std::to_string(number));
        run += 1;
        return true;
      }));
    }
  });
  // The writer waits as soon as three groups are behind those that the first sync is for.
  REQUIRE(eventually([&] { return run >= 4; }));
  const int committed = where_it_stands_still(run);
  fixture.gate.let_one_through();
  fixture.gate.wait_for_sync(2);
  fixture.gate.let_one_through();
  fixture.gate.wait_for_sync(3);
  for (int number = 0; number < committed; ++number)
    CHECK(commands[static_cast<std::size_t>(number)].wait_for(std::chrono::seconds{0}) == std::future_status::ready);
  fixture.gate.open();
  for (auto& command : commands) CHECK_NOTHROW(command.get());
}

TEST_CASE("a store that closes first answers what is on its way to the disk") {
  Fixture fixture;
  fixture.gate.close();
  auto commands = fixture.submit_many(40);
  fixture.gate.wait_for_sync();
  std::thread closing([&] { fixture.store->close(); });
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  CHECK(std::ranges::all_of(commands, is_pending));
  fixture.gate.open();
  closing.join();
  for (auto& command : commands) CHECK_NOTHROW(command.get());
}

TEST_CASE("who reads after a commit, where the answers of the store are made, is told so instead of waiting for ever") {
  Fixture fixture;
  fixture.gate.close();
  std::atomic<int> actions{0}, refused{0};
  std::vector<std::future<void>> commands;
  queue_behind(*fixture.store, [&] {
    for (int number = 0; number < 20; ++number) {
      commands.push_back(submit(*fixture.store, [&, number](Tx& tx) {
        std::this_thread::sleep_for(std::chrono::milliseconds{3});  // a group of its own
        tx.exec("INSERT INTO server_state (key, value) VALUES ($1, 'x')", std::to_string(number));
        tx.on_commit([&] {
          actions += 1;
          try {
            fixture.store->read([](Snapshot& snapshot) { (void)count(snapshot); });
          } catch (const std::logic_error&) {
            refused += 1;
          }
        });
        return true;
      }));
    }
  });
  fixture.gate.wait_for_sync();
  std::this_thread::sleep_for(std::chrono::milliseconds{50});  // there are commits behind it
  fixture.gate.open();
  for (auto& command : commands) CHECK_NOTHROW(command.get());
  CHECK(actions == 20);
  CHECK(refused > 0);
}

// Each told value must stand: who reads later, through whichever reader, must not see an older one.
TEST_CASE("nobody reads what is older than what anybody was told") {
  TestDatabase store{Engine::sqlite};
  const bool is_busy = GENERATE(false, true);  // alone or ahead of the disk
  store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec("INSERT INTO server_state (key, value) VALUES ('n', '0')");
        return {};
      })
      .value();
  std::atomic<std::int64_t> newest{0};
  std::atomic<int> backwards{0}, looks{0};
  std::atomic<bool> stops{false};
  const auto tell = [&](std::int64_t value) {
    auto known = newest.load();
    while (known < value && !newest.compare_exchange_weak(known, value)) {
    }
  };
  // As a client that asks again when it is answered. Answering takes its time, which is the others'.
  const auto tell_once_durable = [&](Reader& reader, std::int64_t value) {
    std::promise<void> told;
    reader.settle([&](bool) {
      tell(value);
      std::this_thread::sleep_for(std::chrono::microseconds{200});
      told.set_value();
    });
    told.get_future().wait();
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      const auto reader = store->open_reader();
      while (!stops) {
        const auto before = newest.load();
        std::int64_t seen = 0;
        const bool may_tell = reader->look(
            [&](Snapshot& snapshot) {
              seen = std::stoll(snapshot.get<std::string>("SELECT value FROM server_state WHERE key = 'n'"));
            },
            0);
        looks += 1;
        if (seen < before) backwards += 1;
        if (may_tell)
          tell(seen);
        else
          tell_once_durable(*reader, seen);
      }
    });
  }
  const auto raise = [](Tx& tx) {
    tx.exec("UPDATE server_state SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'n'");
    return true;
  };
  for (int round = 0; round < (is_busy ? 30 : 300); ++round) {
    std::vector<std::future<void>> commands;
    const auto submit_them = [&] {
      for (int i = 0; i < (is_busy ? 40 : 1); ++i) commands.push_back(submit(*store, raise));
    };
    if (is_busy)
      queue_behind(*store, submit_them);
    else
      submit_them();
    for (auto& command : commands) command.get();
  }
  stops = true;
  for (auto& reader : readers) reader.join();
  CHECK(backwards == 0);
  CHECK(looks > 0);
}
