// Who computes for long has pauses where others want the core often, and only there.
#include "base/considerate.hpp"

#include <catch2/catch.hpp>

#include "support/eventually.hpp"
#include "support/one_core.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

TEST_CASE("where others want the core often the next work has pauses, until they no longer do") {
  const OneCore core;
  Considerate considerate;
  const auto compute = [&] { considerate.compute([]() noexcept { compute_for(20ms); }); };
  {
    const Rival others{100us, ask_for_short_turns};
    compute();
    CHECK(considerate.has_pauses());
    CHECK(considerate.pauses() == 0);
    compute();
    CHECK(considerate.has_pauses());
    CHECK(considerate.pauses() > 10);
  }
  const Rival also_computing{0us};  // gets the core by every other pause
  compute();
  CHECK(eventually([&] {
    compute();
    return !considerate.has_pauses();
  }));
  const auto pauses = considerate.pauses();
  compute();
  CHECK(considerate.pauses() == pauses);
}
