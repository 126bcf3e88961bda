// Who yields steadily stops for others far more often than the system would make it.
#include "base/steady_yield.hpp"

#include <pthread.h>

#include <catch2/catch.hpp>
#include <optional>

#include "support/one_core.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

/// Yields steadily on the core of whoever makes it, though all signals are blocked there.
class YieldingRival {
 public:
  YieldingRival() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    rival_.emplace(0us, [] {
      thread_local SteadyYield yields{500us};
      yields.start();
    });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

 private:
  std::optional<Rival> rival_;
};

}  // namespace

TEST_CASE("who yields steadily stops for another each time, and as before once it is stopped") {
  const OneCore core;
  const YieldingRival rival;
  const auto before = interruptions_in(100ms);
  SteadyYield yields{500us};
  yields.start();
  const auto meanwhile = interruptions_in(100ms);  // some 200; otherwise as the system's clock ticks
  yields.stop();
  const auto after = interruptions_in(100ms);
  CHECK(meanwhile > 100);
  CHECK(meanwhile - before > 60);
  CHECK(meanwhile - after > 60);
}

TEST_CASE("a program that uses SIGURG itself is left alone") {
  static volatile sig_atomic_t theirs = 0;
  struct sigaction handler{}, before{};
  handler.sa_handler = [](int) { theirs = theirs + 1; };
  REQUIRE(sigaction(SIGURG, &handler, &before) == 0);
  {
    SteadyYield yields{100us};
    yields.start();
    static_cast<void>(interruptions_in(10ms));
    yields.stop();
  }
  CHECK(theirs == 0);
  struct sigaction now{};
  sigaction(SIGURG, &before, &now);
  CHECK(now.sa_handler == handler.sa_handler);
}
