// A bus over a test database, as one run of a server has it. Another run over the same database is another TestBus.
//     TestBus run{store};
//     run.bus.subscribe<Noted>("reader", …);
//     run.start();
//     … run.settle();
#pragma once

#include <chrono>
#include <memory>

#include "bus/outbox_bus.hpp"
#include "bus/pump_runner.hpp"
#include "guerdon/random.hpp"
#include "support/databases.hpp"

namespace guerdon::test {

class TestBus {
 public:
  explicit TestBus(TestDatabase& store, bus::BusSettings settings = {})
      : store_(store),
        runner(*store, store.clock, {.poll = std::chrono::hours{1}, .first_retry = std::chrono::milliseconds{1}}),
        bus(*store, runner, *random_, settings) {
    store->set_outbox_sink(&bus);
  }
  /// The run ends; what is committed is committed.
  ~TestBus() {
    runner.stop(std::chrono::seconds{30});
    store_->set_outbox_sink(&store_.outbox);
  }
  TestBus(const TestBus&) = delete;
  TestBus& operator=(const TestBus&) = delete;

  void start(bool unclean = false) {
    bus.seal();
    // The server has a job for it.
    runner.add(
        "test retention",
        [this](Tx& tx) -> PumpResult {
          if (bus.prune(tx) > 0) return {.more = true};
          return {.next_at = tx.now() + std::chrono::hours{1}};
        },
        false);
    bus.start(unclean);
  }
  /// Everything that is due by the test's clock is done.
  [[nodiscard]] bool settle() { return runner.settle(std::chrono::seconds{60}); }
  [[nodiscard]] bool advance(std::chrono::milliseconds by) {
    store_.clock.advance(by);
    return settle();
  }

 private:
  TestDatabase& store_;
  std::unique_ptr<Random> random_ = system_random();

 public:
  guerdon::bus::PumpRunner runner;
  guerdon::bus::OutboxBus bus;
};

}  // namespace guerdon::test
