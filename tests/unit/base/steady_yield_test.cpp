// A thread that yields steadily does so at its pace, from start to stop, and others get its core by that.
#include "base/steady_yield.hpp"

#include <catch2/catch.hpp>

#include "support/one_core.hpp"
#include "support/yielding_rival.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

/// Handles SIGURG for as long as it lives.
class OwnHandler {
 public:
  OwnHandler() {
    struct sigaction handler{};
    handler.sa_handler = [](int) { ++calls; };
    sigaction(SIGURG, &handler, &before_);
  }
  OwnHandler(const OwnHandler&) = delete;
  OwnHandler& operator=(const OwnHandler&) = delete;
  ~OwnHandler() { sigaction(SIGURG, &before_, nullptr); }

  [[nodiscard]] static int count() { return calls; }

 private:
  static inline std::atomic<int> calls{0};
  struct sigaction before_{};
};

}  // namespace

TEST_CASE("a thread yields steadily from start to stop") {
  SteadyYield yields{500us};
  compute_for(10ms);
  CHECK(yields.count() == 0);
  yields.start();
  compute_for(100ms);
  yields.stop();
  const auto count = yields.count();
  CHECK(count > 50);  // once each half a millisecond, if that is when it has a core
  compute_for(10ms);
  CHECK(yields.count() == count);
  yields.start();
  compute_for(10ms);
  CHECK(yields.count() > count);
}

TEST_CASE("by a yield another thread gets the core, also one that blocks all signals and yields") {
  const OneCore core;
  const YieldingRival rival;
  SteadyYield yields{500us};
  yields.start();
  compute_for(100ms);
  CHECK(yields.used() > 20);
  CHECK(yields.used() <= yields.count());
  CHECK(rival.count() > 20);
}

TEST_CASE("a program that handles SIGURG itself is left alone, whenever it begins to") {
  SteadyYield before{100us};
  const OwnHandler handler;
  before.start();
  compute_for(10ms);
  CHECK(before.count() == 0);
  CHECK(OwnHandler::count() == 0);
  raise(SIGURG);
  CHECK(OwnHandler::count() == 1);
}
