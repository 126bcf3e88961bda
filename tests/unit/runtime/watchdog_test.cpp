// The watchdog tells a store that hangs from one that is idle or slow.
#include "runtime/watchdog.hpp"

#include <catch2/catch.hpp>
#include <future>

using namespace guerdon;
using namespace std::chrono_literals;

TEST_CASE("a store hangs when work waits and nothing got on for the whole limit") {
  Watchdog::Judge judge{30s};
  const std::chrono::steady_clock::time_point start{1h};
  CHECK_FALSE(judge.hangs({.progress = 5, .waiting = 3}, start));
  CHECK_FALSE(judge.hangs({.progress = 5, .waiting = 3}, start + 29s));
  CHECK(judge.hangs({.progress = 5, .waiting = 3}, start + 30s));
}

TEST_CASE("a store that gets on, however slowly, or has nothing to do does not hang") {
  Watchdog::Judge judge{30s};
  const std::chrono::steady_clock::time_point start{1h};
  for (unsigned i = 0; i < 10; ++i) CHECK_FALSE(judge.hangs({.progress = i, .waiting = 9}, start + i * 29s));
  for (unsigned i = 10; i < 20; ++i) CHECK_FALSE(judge.hangs({.progress = 9, .waiting = 0}, start + i * 1h));
  CHECK_FALSE(judge.hangs({.progress = 9, .waiting = 1}, start + 19h + 29s));
  CHECK(judge.hangs({.progress = 9, .waiting = 1}, start + 19h + 30s));
}

TEST_CASE("the watchdog barks once and stops at once") {
  std::promise<void> barked;
  {
    const Watchdog watchdog{20ms, [] { return Watchdog::Reading{.progress = 1, .waiting = 1}; },
                            [&] { barked.set_value(); }};
    CHECK(barked.get_future().wait_for(30s) == std::future_status::ready);
  }
  const Watchdog idle{1h, [] { return Watchdog::Reading{}; }, [] { FAIL("it is idle"); }};
}
