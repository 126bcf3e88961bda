// Who waits for which commit to be durable, and what they are told.
#include "store/sqlite/horizon.hpp"

#include <catch2/catch.hpp>
#include <utility>
#include <vector>

using namespace guerdon;

TEST_CASE("the horizon tells each who waits, once, and at once what is known") {
  store::Horizon horizon;
  const auto first = horizon.announce();
  const auto second = horizon.announce();
  CHECK(horizon.visible() == second);
  CHECK_FALSE(horizon.is_durable(first));
  std::vector<std::pair<int, bool>> told;
  horizon.when(first, [&](bool is) { told.emplace_back(1, is); });
  horizon.when(second, [&](bool is) { told.emplace_back(2, is); });
  horizon.reach(first);
  CHECK(told == std::vector<std::pair<int, bool>>{{1, true}});
  CHECK(horizon.wait_for(first));
  horizon.give_up();
  CHECK(told == std::vector<std::pair<int, bool>>{{1, true}, {2, false}});
  CHECK_FALSE(horizon.wait_for(second));
  horizon.when(first, [&](bool is) { told.emplace_back(3, is); });
  horizon.when(second, [&](bool is) { told.emplace_back(4, is); });
  CHECK(told.back() == std::pair<int, bool>{4, false});
  CHECK(told.size() == 4);
}
