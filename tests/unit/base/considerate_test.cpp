// Who computes for long has pauses where others want the core often, and only there.
#include "base/considerate.hpp"

#include <catch2/catch.hpp>

#include "support/eventually.hpp"
#include "support/one_core.hpp"
#include "support/yielding_rival.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

TEST_CASE("where others want the core often the next work has pauses, until they no longer do") {
  const OneCore core;
  Considerate considerate;
  const auto compute = [&] { considerate.compute([]() noexcept { compute_for(20ms); }); };
  {
    const Rival others{100us, ask_for_short_turns};
    const auto before = interruptions();
    compute_for(20ms);
    if (interruptions() - before < 40) return;  // a system that does not let them in that often
    compute();
    CHECK(considerate.has_pauses());
    CHECK(considerate.pauses() == 0);
    compute();
    CHECK(considerate.has_pauses());
    CHECK(considerate.pauses() > 10);
  }
  const YieldingRival also_computing;  // gets the core by nearly every pause
  compute();
  CHECK(eventually([&] {
    compute();
    return !considerate.has_pauses();
  }));
  const auto pauses = considerate.pauses();
  compute();
  CHECK(considerate.pauses() == pauses);
}
