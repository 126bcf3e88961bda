// Several commands at once: races, deadlocks, the two lanes, the bounds.
#include <catch2/catch.hpp>

#include <future>
#include <latch>
#include <thread>

#include "support/databases.hpp"
#include "support/nth_fault.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

store::DatabaseOptions workers(int connections, int queue = 4096) {
  store::DatabaseOptions options;
  options.connections = connections;
  options.queue = queue;
  return options;
}

/// A command made of a function; tells its end through a future.
class TestCommand final : public Command {
 public:
  TestCommand(Lane lane, std::function<bool(Tx&)> run, std::promise<void> end)
      : lane_(lane), run_(std::move(run)), end_(std::move(end)) {}
  [[nodiscard]] Lane lane() const noexcept override { return lane_; }
  bool run(Tx& tx) override { return run_(tx); }
  void done(std::exception_ptr failure) noexcept override {
    if (failure)
      end_.set_exception(failure);
    else
      end_.set_value();
  }

 private:
  Lane lane_;
  std::function<bool(Tx&)> run_;
  std::promise<void> end_;
};

std::future<void> submit(Database& database, Lane lane, std::function<bool(Tx&)> run) {
  std::promise<void> end;
  auto future = end.get_future();
  database.submit(std::make_unique<TestCommand>(lane, std::move(run), std::move(end)));
  return future;
}

void make_accounts(TestDatabase& store) {
  store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec("CREATE TABLE accounts (id bigint PRIMARY KEY, amount bigint NOT NULL CHECK (amount >= 0))");
        tx.exec("INSERT INTO accounts (id, amount) VALUES (1, 100), (2, 100)");
        return {};
      })
      .value();
}

int amount(TestDatabase& store, int id) {
  return store->read(
      [&](Snapshot& snapshot) { return snapshot.get<int>("SELECT amount FROM accounts WHERE id = $1", id); });
}

StoreError::Kind kind_of(std::future<void>& end) {
  try {
    end.get();
  } catch (const StoreError& error) {
    return error.kind();
  }
  throw std::runtime_error("the command did not fail");
}

}  // namespace

TEST_CASE("guarded updates of many commands at once never take more than there is") {
  TestDatabase store{Engine::postgres, Schema::none, workers(8)};
  make_accounts(store);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 40; ++i) {
        const auto took = store->write([](Tx& tx) -> Result<void> {
          if (tx.exec("UPDATE accounts SET amount = amount - 1 WHERE id = $1 AND amount > 0", 1) == 1) return {};
          return Error{problems::forbidden};
        });
        if (took) ++taken;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(taken == 100);
  CHECK(amount(store, 1) == 0);
}

TEST_CASE("a unique key lets one of many commands through") {
  TestDatabase store{Engine::postgres, Schema::none, workers(8)};
  make_accounts(store);
  std::vector<std::future<void>> ends;
  std::atomic<int> made{0};
  for (int i = 0; i < 64; ++i) {
    ends.push_back(submit(*store, Lane::request, [&](Tx& tx) {
      const bool first = tx.exec("INSERT INTO accounts (id, amount) VALUES (3, 0) ON CONFLICT DO NOTHING") == 1;
      if (first) tx.on_commit([&] { ++made; });
      return first;
    }));
  }
  for (auto& end : ends) end.get();
  CHECK(made == 1);
}

TEST_CASE("of two commands in a deadlock one runs again, and both take effect once") {
  TestDatabase store{Engine::postgres, Schema::none, workers(2)};
  make_accounts(store);
  std::latch both_hold_one{2};
  std::atomic<int> runs{0}, told{0};
  const auto transfer = [&](int from, int to) {
    return submit(*store, Lane::request, [&, from, to](Tx& tx) {
      const bool first_run = runs.fetch_add(1) < 2;
      tx.exec("SET LOCAL deadlock_timeout = '10ms'");
      tx.exec("UPDATE accounts SET amount = amount - 30 WHERE id = $1", from);
      if (first_run) both_hold_one.arrive_and_wait();
      tx.append({.id = {}, .topic = "t", .key = "k", .type = "T", .payload = "{}", .headers = {}});
      tx.on_commit([&] { ++told; });
      // Whatever the command makes of the error, it has to run again.
      try {
        tx.exec("UPDATE accounts SET amount = amount + 30 WHERE id = $1", to);
      } catch (const StoreError&) {
        return false;
      }
      return true;
    });
  };
  auto one = transfer(1, 2), other = transfer(2, 1);
  one.get();
  other.get();
  CHECK(runs >= 3);  // the one that ran again may be at its row before the other, which was woken for it
  CHECK(told == 2);
  CHECK(store.outbox.messages().size() == 2);
  CHECK(amount(store, 1) == 100);
  CHECK(amount(store, 2) == 100);
}

TEST_CASE("a command that loses every race is given up after five retries") {
  TestDatabase store{Engine::postgres, Schema::none, workers(1)};
  make_accounts(store);
  int runs = 0;
  auto end = submit(*store, Lane::request, [&](Tx& tx) {
    ++runs;
    tx.exec("UPDATE accounts SET amount = 0");
    tx.exec("DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$");
    return true;
  });
  CHECK(kind_of(end) == StoreError::Kind::conflict);
  CHECK(runs == 6);
  CHECK(amount(store, 1) == 100);
}

TEST_CASE("a race lost inside a savepoint runs the whole command again") {
  TestDatabase store{Engine::postgres, Schema::none, workers(1)};
  make_accounts(store);
  int runs = 0;
  submit(*store, Lane::request, [&](Tx& tx) {
    const bool fails = ++runs == 1;
    tx.exec("UPDATE accounts SET amount = amount + 1 WHERE id = 1");
    try {
      (void)tx.savepoint([&]() -> Result<void> {
        if (fails) tx.exec("DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40P01'; END $$");
        return {};
      });
    } catch (const StoreError&) {
      CHECK(fails);
    }
    return true;
  }).get();
  CHECK(runs == 2);
  CHECK(amount(store, 1) == 101);
}

TEST_CASE("a fault that a test injects is treated as the server's own") {
  NthFault faults;
  auto options = workers(1);
  options.faults = &faults;
  TestDatabase store{Engine::postgres, Schema::none, options};
  make_accounts(store);
  int runs = 0;
  const auto take_one = [&] {
    return submit(*store, Lane::request, [&](Tx& tx) {
      ++runs;
      tx.exec("UPDATE accounts SET amount = amount - 1 WHERE id = 1");
      return true;
    });
  };
  SECTION("a lost race") {
    faults.arm(NthFault::What::statement, 1, StoreError::Kind::conflict);
    take_one().get();
    CHECK(runs == 2);
    CHECK(amount(store, 1) == 99);
  }
  SECTION("a lost connection") {
    faults.arm(NthFault::What::statement, 1, StoreError::Kind::unavailable);
    take_one().get();
    CHECK(runs == 2);
    CHECK(amount(store, 1) == 99);
  }
  SECTION("a full disk at the commit") {
    faults.arm(NthFault::What::commit_refused, 1);
    auto end = take_one();
    CHECK(kind_of(end) == StoreError::Kind::storage_full);
    CHECK(amount(store, 1) == 100);
  }
  SECTION("a commit that did not happen") {
    faults.arm(NthFault::What::commit_lost, 1);
    auto end = take_one();
    CHECK(kind_of(end) == StoreError::Kind::commit_unknown);
    CHECK(amount(store, 1) == 100);
  }
  SECTION("a commit that did happen") {
    faults.arm(NthFault::What::commit_unconfirmed, 1);
    auto end = take_one();
    CHECK(kind_of(end) == StoreError::Kind::commit_unknown);
    CHECK(amount(store, 1) == 99);
  }
}

TEST_CASE("however much background work waits, a worker is left for requests") {
  TestDatabase store{Engine::postgres, Schema::none, workers(4)};
  std::promise<void> go;
  const auto gone = go.get_future().share();
  std::vector<std::future<void>> background;
  for (int i = 0; i < 12; ++i) {
    background.push_back(submit(*store, Lane::background, [gone](Tx&) {
      gone.wait();
      return true;
    }));
  }
  submit(*store, Lane::request, [](Tx&) { return true; }).get();
  go.set_value();
  for (auto& end : background) end.get();
}

TEST_CASE("however many requests wait, the background gets its turn") {
  TestDatabase store{Engine::postgres, Schema::none, workers(1)};
  std::promise<void> go;
  const auto gone = go.get_future().share();
  auto first = submit(*store, Lane::request, [gone](Tx&) {
    gone.wait();
    return true;
  });
  std::atomic<int> requests_before{0};
  std::vector<std::future<void>> requests;
  for (int i = 0; i < 200; ++i) {
    requests.push_back(submit(*store, Lane::request, [&](Tx& tx) {
      tx.exec("SELECT 1");
      ++requests_before;
      return true;
    }));
  }
  int seen = -1;
  auto background = submit(*store, Lane::background, [&](Tx&) {
    seen = requests_before;
    return true;
  });
  go.set_value();
  first.get();
  background.get();
  for (auto& end : requests) end.get();
  CHECK(seen < 200);
}

TEST_CASE("a full queue and a closed store end a command at once") {
  TestDatabase store{Engine::postgres, Schema::none, workers(1, 1)};
  std::promise<void> go, running;
  const auto gone = go.get_future().share();
  auto first = submit(*store, Lane::request, [&](Tx&) {
    running.set_value();
    gone.wait();
    return true;
  });
  running.get_future().wait();
  auto second = submit(*store, Lane::request, [](Tx&) { return true; });
  auto third = submit(*store, Lane::request, [](Tx&) { return true; });
  CHECK(kind_of(third) == StoreError::Kind::overloaded);
  go.set_value();
  store->close();
  first.get();
  second.get();
  auto late = submit(*store, Lane::request, [](Tx&) { return true; });
  CHECK(kind_of(late) == StoreError::Kind::unavailable);
}

TEST_CASE("closing finishes what is queued in both lanes") {
  TestDatabase store{Engine::postgres, Schema::none, workers(2)};
  make_accounts(store);
  std::vector<std::future<void>> ends;
  for (int i = 0; i < 50; ++i) {
    ends.push_back(submit(*store, i % 2 == 0 ? Lane::request : Lane::background,
                          [](Tx& tx) { return tx.exec("UPDATE accounts SET amount = amount - 1 WHERE id = 1") == 1; }));
  }
  store->close();
  for (auto& end : ends) end.get();
  store.reopen();
  CHECK(amount(store, 1) == 50);
}

TEST_CASE("the figures tell what was done") {
  TestDatabase store{Engine::postgres, Schema::none, workers(2)};
  make_accounts(store);
  const auto before = store->stats();
  submit(*store, Lane::request, [](Tx& tx) { return tx.exec("SELECT 1") == 0; }).get();
  submit(*store, Lane::request, [](Tx&) { return false; }).get();
  const auto after = store->stats();
  CHECK(after.commands == before.commands + 2);
  CHECK(after.commits == before.commits + 1);
  CHECK(after.progress > before.progress);
  CHECK(after.waiting == 0);
}

TEST_CASE("an action that throws after the commit ends the store, not the command that was committed") {
  auto options = workers(1);
  std::promise<int> fatal;
  options.on_fatal = [&](int code, const std::string&) { fatal.set_value(code); };
  TestDatabase store{Engine::postgres, Schema::none, options};
  make_accounts(store);
  auto end = submit(*store, Lane::request, [](Tx& tx) {
    tx.exec("UPDATE accounts SET amount = 1 WHERE id = 1");
    tx.append({.id = {}, .topic = "t", .key = "k", .type = "T", .payload = "{}", .headers = {}});
    tx.on_commit([] { throw std::runtime_error("thrown on purpose"); });
    return true;
  });
  CHECK_NOTHROW(end.get());
  auto told = fatal.get_future();
  REQUIRE(told.wait_for(std::chrono::seconds{20}) == std::future_status::ready);
  CHECK(told.get() == 70);
  CHECK(amount(store, 1) == 1);
  CHECK(store.outbox.messages().size() == 1);
  auto later = submit(*store, Lane::request, [](Tx&) { return true; });
  CHECK(kind_of(later) == StoreError::Kind::unavailable);
}
