// Who can wait shares the writer's core as well: while all have patience it gives way to others between commands.
#include <array>
#include <atomic>
#include <catch2/catch.hpp>

#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/one_core.hpp"
#include "support/sync_gate.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

constexpr auto patient = 20ms, urgent = 0ms;

class Pauses final : public store::FaultInjector {
 public:
  void before_statement(std::string_view) override {}
  void before_commit() override {}
  void before_pause() noexcept override {
    ++count_;
    if (on_pause) on_pause();
  }
  [[nodiscard]] int count() { return count_.exchange(0); }  ///< since the last time

  std::function<void()> on_pause;

 private:
  std::atomic<int> count_{0};
};

/// Runs until something interrupts it.
bool run_until_interrupted(Tx&) {
  for (const auto before = interruptions(); interruptions() == before;) continue;
  return true;
}

/// Of a store on the core of the test, where somebody else wants to be now and then.
struct Fixture {
  /// One group, unless somebody had the core for too long.
  void run_group(const std::array<std::chrono::milliseconds, 3>& patience) {
    std::vector<std::future<void>> commands;
    queue_behind(*store, [&] {
      for (const auto time : patience) commands.push_back(submit(*store, run_until_interrupted, Lane::request, time));
    });
    for (auto& command : commands) CHECK_FALSE(failure_of(command));
  }

  store::DatabaseOptions with_pauses() {
    store::DatabaseOptions options;
    options.faults = &pauses;
    return options;
  }

  const OneCore core{};
  Pauses pauses{};
  TestDatabase store{Engine::sqlite, Schema::migrated, with_pauses()};
  const Rival passing{200us, ask_for_short_turns};
};

}  // namespace

TEST_CASE_METHOD(Fixture, "the writer gives way after each command that was interrupted, while all have patience") {
  run_group({patient, patient, patient});
  CHECK(pauses.count() >= 1);  // 3, unless one of them was long
  run_group({urgent, urgent, urgent});
  CHECK(pauses.count() == 0);
}

TEST_CASE_METHOD(Fixture, "the writer does not give way once one without patience waits, nor in its group") {
  run_group({patient, patient, urgent});
  CHECK(pauses.count() == 0);
  std::future<void> late;
  pauses.on_pause = [&] {
    if (!late.valid()) late = submit(*store, run_until_interrupted);
  };
  run_group({patient, patient, patient});
  CHECK(pauses.count() == 1);
  CHECK_FALSE(failure_of(late));
  CHECK(pauses.count() == 0);
}
