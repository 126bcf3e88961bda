// How long the parts of a stop may take.
#include "runtime/stop_budget.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;
using namespace std::chrono_literals;

TEST_CASE("the parts of a stop share its time, and the last ones get a moment") {
  StopBudget::Time now{1h};
  const StopBudget budget{[&] { return now; }};
  CHECK(budget.limit(20s) == 20s);
  now += 20s;
  CHECK(budget.limit(5s) == 5s);
  now += 5s;
  CHECK(budget.limit(5s) == 1s);
  now += 1s;
  CHECK(budget.limit(5s) == StopBudget::moment);
  CHECK(budget.limit(100ms) == 100ms);
  now += 1h;
  CHECK(budget.limit(5s) == StopBudget::moment);
}
