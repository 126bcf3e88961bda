// A server that dies: from one moment on nothing is committed any more, as if the process had been killed.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string_view>

#include "store/fault_injector.hpp"
#include "support/test_bus.hpp"

namespace guerdon::test {

class Mortality final : public store::FaultInjector {
 public:
  std::atomic<bool> is_dead{false};

  void before_statement(std::string_view) override { before_commit(); }
  void before_commit() override {
    if (is_dead) throw StoreError(StoreError::Kind::commit_unknown, "the server is dead");
  }
};

class MortalServer {
 public:
  using Wiring = std::function<void(TestBus&)>;

  MortalServer(Engine engine, Wiring wiring) : store(engine, Schema::migrated, options()), wiring_(std::move(wiring)) {}

  void start(bool unclean = false) {
    run.emplace(store);
    wiring_(*run);
    run->start(unclean);
  }
  /// At once, and thread-safe: also from within a handler.
  void die() { mortality_.is_dead = true; }
  /// Works everything off; false when it died of it.
  [[nodiscard]] bool survives() {
    while (!mortality_.is_dead)
      if (run->runner.settle(std::chrono::milliseconds{20})) return !mortality_.is_dead;
    return false;
  }
  /// The next run after a crash, or after a stop.
  void restart(bool unclean) {
    run.reset();
    store.reopen();
    mortality_.is_dead = false;
    start(unclean);
  }

 private:
  store::DatabaseOptions options() {
    store::DatabaseOptions options;
    options.faults = &mortality_;
    options.connections = 3;  // enough to get into one another's way, and soon made anew
    options.on_fatal = [](int, const std::string&) {};
    return options;
  }

  Mortality mortality_;

 public:
  TestDatabase store;
  std::optional<TestBus> run;

 private:
  Wiring wiring_;
};

}  // namespace guerdon::test
