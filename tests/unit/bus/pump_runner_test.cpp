// The pumps over a store that runs one command when it is told to, so that every interleaving is the test's choice.
#include "bus/pump_runner.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <thread>

#include "support/fake_clock.hpp"

namespace {

using namespace guerdon;
using namespace std::chrono_literals;

class NoConnection final : public Connection {
 public:
  [[nodiscard]] Engine engine() const noexcept override { return Engine::sqlite; }
  std::int64_t execute(const Sql&, std::span<const Param>, RowVisitor) override { return 0; }
};

class NoTx final : public Tx {
 public:
  using Tx::Tx;
  void on_commit(std::function<void()>) override {}
  void append(OutgoingMessage) override {}

 protected:
  std::size_t begin_savepoint() override { return 0; }
  void release_savepoint(std::size_t) override {}
  void undo_savepoint(std::size_t) override {}
};

/// Queues commands; `step` runs the oldest. While it refuses, submit() answers at once.
class ManualDatabase final : public Database {
 public:
  [[nodiscard]] Engine engine() const noexcept override { return Engine::sqlite; }
  void submit(std::unique_ptr<Command> command) override {
    std::unique_lock lock{mutex_};
    if (refuses_) {
      lock.unlock();
      return command->done(std::make_exception_ptr(StoreError(StoreError::Kind::overloaded, "full")));
    }
    lanes_.push_back(command->lane());
    patience_.push_back(command->patience());
    queue_.push_back(std::move(command));
    came_.notify_all();
  }
  [[nodiscard]] std::unique_ptr<Reader> open_reader() override { return nullptr; }
  void close() override {}

  void refuse(bool refuses) {
    const std::lock_guard lock{mutex_};
    refuses_ = refuses;
  }
  [[nodiscard]] std::size_t queued() {
    const std::lock_guard lock{mutex_};
    return queue_.size();
  }
  [[nodiscard]] std::vector<Lane> lanes() {
    const std::lock_guard lock{mutex_};
    return lanes_;
  }
  /// Of all commands so far.
  [[nodiscard]] std::vector<std::chrono::milliseconds> patience() {
    const std::lock_guard lock{mutex_};
    return patience_;
  }
  /// Waits for a command, for what comes by a timer; false after ten seconds.
  [[nodiscard]] bool wait() {
    std::unique_lock lock{mutex_};
    return came_.wait_for(lock, 10s, [&] { return !queue_.empty(); });
  }
  bool step() {
    std::unique_ptr<Command> command;
    {
      const std::lock_guard lock{mutex_};
      if (queue_.empty()) return false;
      command = std::move(queue_.front());
      queue_.pop_front();
    }
    NoConnection connection;
    NoTx tx{connection, Moment{Instant{}, nullptr}};
    std::exception_ptr failure;
    try {
      command->run(tx);
    } catch (...) {
      failure = std::current_exception();
    }
    command->done(failure);
    return true;
  }
  void run_all() {
    while (step()) {
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<std::unique_ptr<Command>> queue_;
  std::vector<Lane> lanes_;
  std::vector<std::chrono::milliseconds> patience_;
  bool refuses_ = false;
};

struct Fixture {
  test::FakeClock clock;
  ManualDatabase database;
  std::atomic<bool> is_crowded{false};
  bus::PumpRunner runner{database, clock, {.poll = 1h, .first_retry = 1ms, .last_retry = 4ms, .is_crowded = [this] {
                                             return is_crowded.load();
                                           }}};
  ~Fixture() {
    runner.stop(0ms);
    database.run_all();
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Every pump runs once at the start, in the background lane") {
  int a = 0;
  int b = 0;
  runner.add("a", [&](Tx&) { return ++a, PumpResult{}; });
  runner.add("b", [&](Tx&) { return ++b, PumpResult{}; });
  runner.wake("a");
  CHECK(database.queued() == 0);
  runner.start();
  database.run_all();
  CHECK(a == 1);
  CHECK(b == 1);
  CHECK(database.lanes() == std::vector{Lane::background, Lane::background});
}

TEST_CASE_METHOD(Fixture, "Two pumps of one name, a pump after the start and an unknown name are refused") {
  runner.add("a", [](Tx&) { return PumpResult{}; });
  CHECK_THROWS_AS(runner.add("a", [](Tx&) { return PumpResult{}; }), std::logic_error);
  CHECK_THROWS_AS(runner.wake("b"), std::logic_error);
  runner.start();
  CHECK_THROWS_AS(runner.add("b", [](Tx&) { return PumpResult{}; }), std::logic_error);
  CHECK_THROWS_AS(runner.start(), std::logic_error);
}

TEST_CASE_METHOD(Fixture, "A pump that is woken many times while it waits runs once") {
  int passes = 0;
  runner.add("a", [&](Tx&) { return ++passes, PumpResult{}; });
  runner.start();
  runner.wake("a");
  runner.wake("a");
  database.run_all();
  CHECK(passes == 1);
}

TEST_CASE_METHOD(Fixture, "A pump that is woken during its pass runs again, and never twice at a time") {
  int passes = 0;
  runner.add("a", [&](Tx&) {
    if (++passes == 1) runner.wake("a");
    CHECK(database.queued() == 0);
    return PumpResult{};
  });
  runner.start();
  database.run_all();
  CHECK(passes == 2);
}

TEST_CASE_METHOD(Fixture, "A pump that has more to do runs again at once") {
  int passes = 0;
  runner.add("a", [&](Tx&) { return PumpResult{.more = ++passes < 5}; });
  runner.start();
  database.run_all();
  CHECK(passes == 5);
}

TEST_CASE_METHOD(Fixture, "A pass that was woken waits for company in a crowd, otherwise none does, nor a backlog") {
  int backlog = 0;
  runner.add("a", [&](Tx&) {
    if (backlog == 0) return PumpResult{};
    runner.wake("a");  // news or not, there is more to do
    return PumpResult{.more = --backlog > 0};
  });
  runner.start();
  database.run_all();
  runner.wake("a");
  database.run_all();
  CHECK(database.patience() == std::vector{0ms, 0ms});
  is_crowded = true;
  runner.wake("a");
  database.run_all();
  REQUIRE(database.patience().size() == 3);
  CHECK(database.patience().back() > 0ms);
  CHECK(database.patience().back() <= 20ms);
  backlog = 30;
  runner.wake("a");
  database.run_all();
  const auto patience = database.patience();
  REQUIRE(patience.size() == 3 + 31);
  CHECK(patience[3] > 0ms);
  CHECK(std::count(patience.begin() + 4, patience.end(), 0ms) == 29);  // the last was woken, and has no more to do
}

TEST_CASE_METHOD(Fixture, "Whoever settles is not kept waiting by patience") {
  int wakes = 0;
  runner.add("a", [&](Tx&) {
    if (wakes > 0) --wakes, runner.wake("a");
    return PumpResult{};
  });
  runner.start();
  database.run_all();
  is_crowded = true;
  runner.wake("a");
  REQUIRE(database.patience() == std::vector{0ms, 20ms});
  auto settled = std::async(std::launch::async, [&] { return runner.settle(30s); });
  for (int i = 0; i < 10'000 && database.queued() < 2; ++i) std::this_thread::sleep_for(1ms);
  wakes = 3;
  database.run_all();
  REQUIRE(settled.wait_for(30s) == std::future_status::ready);
  CHECK(settled.get());
  CHECK(database.patience() == std::vector{0ms, 20ms, 0ms, 0ms, 0ms, 0ms});  // the one that takes "a" along, and three
}

TEST_CASE_METHOD(Fixture, "An appointment is kept when the business clock is moved there, not before") {
  int passes = 0;
  runner.add("a", [&](Tx&) {
    PumpResult result;
    if (++passes == 1) result.next_at = clock.now() + 24h;
    return result;
  });
  runner.start();
  database.run_all();
  clock.advance(24h - 1ms);
  CHECK(runner.settle(10s));
  CHECK(database.queued() == 0);
  clock.advance(1ms);
  runner.clock_moved();
  REQUIRE(database.wait());
  database.run_all();
  CHECK(passes == 2);
  clock.advance(48h);
  CHECK(runner.settle(10s));
  CHECK(passes == 2);
}

TEST_CASE_METHOD(Fixture, "A wake-up before the appointment replaces it by the next one") {
  int passes = 0;
  runner.add("a", [&](Tx&) {
    PumpResult result;
    if (++passes == 1) result.next_at = clock.now() + 1h;
    return result;
  });
  runner.start();
  database.run_all();
  runner.wake("a");
  database.run_all();
  clock.advance(2h);
  CHECK(runner.settle(10s));
  CHECK(passes == 2);
}

TEST_CASE_METHOD(Fixture,
                 "A pump that is armed from outside runs at that time, once, and an earlier appointment stays") {
  int passes = 0;
  const auto pump = runner.add("a", [&](Tx&) { return ++passes, PumpResult{}; }, false);
  runner.start();
  database.run_all();
  runner.arm(pump, clock.now() + 1h);
  runner.arm(pump, clock.now() + 2h);
  CHECK(runner.settle(10s));
  CHECK(database.queued() == 0);
  clock.advance(1h);
  runner.clock_moved();
  REQUIRE(database.wait());
  database.run_all();
  CHECK(passes == 2);
  clock.advance(2h);
  CHECK(runner.settle(10s));
  CHECK(passes == 2);
}

TEST_CASE_METHOD(Fixture, "A later appointment gives way to an earlier one from outside") {
  int passes = 0;
  const auto later = clock.now() + 2h;
  const auto pump =
      runner.add("a", [&](Tx&) { return ++passes == 1 ? PumpResult{.next_at = later} : PumpResult{}; }, false);
  runner.start();
  database.run_all();
  runner.arm(pump, clock.now() + 1h);
  clock.advance(1h);
  runner.clock_moved();
  REQUIRE(database.wait());
  database.run_all();
  CHECK(passes == 2);
  clock.advance(1h);
  CHECK(runner.settle(10s));
  CHECK(passes == 2);
}

TEST_CASE_METHOD(Fixture, "A pump that is armed during its pass runs again") {
  int passes = 0;
  bus::PumpRunner::Number pump = 0;
  const auto pass = [&](Tx&) {
    if (++passes == 1) runner.arm(pump, clock.now() + 1h);
    return PumpResult{};
  };
  pump = runner.add("a", pass, false);
  runner.start();
  database.run_all();
  CHECK(passes == 2);
}

TEST_CASE_METHOD(Fixture, "A pass that throws runs again after a while, and others go on") {
  int failing = 0;
  int other = 0;
  runner.add("failing", [&](Tx&) -> PumpResult {
    if (++failing < 4) throw std::runtime_error("broken");
    return {};
  });
  runner.add("other", [&](Tx&) { return ++other, PumpResult{}; });
  runner.start();
  database.run_all();
  CHECK(other == 1);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(database.wait());
    database.run_all();
  }
  CHECK(failing == 4);
  CHECK(runner.settle(10s));
}

TEST_CASE_METHOD(Fixture, "A store that refuses a pass for being full gets it again later") {
  int passes = 0;
  runner.add("a", [&](Tx&) { return ++passes, PumpResult{}; });
  database.refuse(true);
  runner.start();
  CHECK(passes == 0);
  database.refuse(false);
  REQUIRE(database.wait());
  database.run_all();
  CHECK(passes == 1);
}

TEST_CASE_METHOD(Fixture, "Settling waits for a pass that the store still has, and gives up at its limit") {
  runner.add("a", [](Tx&) { return PumpResult{}; });
  runner.start();
  CHECK_FALSE(runner.settle(1ms));
  std::thread store{[&] { database.run_all(); }};
  CHECK(runner.settle(10s));
  store.join();
}

TEST_CASE_METHOD(Fixture, "Settling works off what is due, and what becomes due through it") {
  std::vector<std::string> log;
  runner.add("first", [&](Tx&) {
    log.emplace_back("first");
    if (log.size() == 1) return PumpResult{.next_at = clock.now() + 1min};
    runner.wake("second");
    return PumpResult{};
  });
  runner.add("second", [&](Tx&) { return log.emplace_back("second"), PumpResult{}; });
  runner.start();
  database.run_all();
  log = {"start"};
  clock.advance(1min);
  std::atomic<bool> settled{false};
  std::thread store{[&] {
    while (!settled)
      if (!database.step()) std::this_thread::yield();
  }};
  CHECK(runner.settle(10s));
  settled = true;
  store.join();
  CHECK(log == std::vector<std::string>{"start", "first", "second"});
}

TEST_CASE_METHOD(Fixture, "After the stop nothing begins, and the stop says whether all passes came back") {
  int passes = 0;
  runner.add("a", [&](Tx&) { return ++passes, PumpResult{.more = true}; });
  runner.start();
  CHECK_FALSE(runner.stop(0ms));
  runner.wake("a");
  database.run_all();
  CHECK(passes == 1);
  CHECK(runner.stop(0ms));
  CHECK(database.queued() == 0);
}

TEST_CASE("Polled pumps run after a while though nobody woke them, the others do not") {
  test::FakeClock clock;
  ManualDatabase database;
  bus::PumpRunner runner{database, clock, {.poll = 5ms}};
  int polled = 0;
  int quiet = 0;
  runner.add("polled", [&](Tx&) { return ++polled, PumpResult{}; });
  runner.add("quiet", [&](Tx&) { return ++quiet, PumpResult{}; }, false);
  runner.start();
  database.run_all();
  REQUIRE(database.wait());
  database.run_all();
  CHECK(polled >= 2);
  CHECK(quiet == 1);
  runner.stop(0ms);
  database.run_all();
}

TEST_CASE("An appointment before all others is kept though the timer was waiting for something later") {
  const SystemClock clock{};
  ManualDatabase database;
  bus::PumpRunner runner{database, clock, {.poll = 1h}};
  runner.add("late", [&](Tx&) { return PumpResult{.next_at = clock.now() + 30min}; });
  runner.add("soon", [&](Tx&) { return PumpResult{.next_at = clock.now() + 20ms}; });
  runner.start();
  database.run_all();
  for (int round = 0; round < 10; ++round) {
    INFO("round " << round);
    REQUIRE(database.wait());
    database.run_all();
  }
  runner.stop(0ms);
  database.run_all();
}
