// The rules of retrying.
#include <catch2/catch.hpp>

#include <algorithm>

#include "modules/saga/model.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

TEST_CASE("the wait after a failure is random below a bound that doubles up to five minutes") {
  const auto random = system_random();
  struct Case {
    int failures;
    std::chrono::milliseconds bound;
  };
  const auto expected =
      GENERATE(Case{1, 200ms}, Case{2, 400ms}, Case{5, 3200ms}, Case{12, 5min}, Case{1'000'000, 5min});
  auto longest = 0ms;
  for (int i = 0; i < 200; ++i) {
    const auto wait = saga::wait_after(expected.failures, *random);
    CHECK(wait >= 1ms);
    CHECK(wait <= expected.bound);
    longest = std::max(longest, wait);
  }
  CHECK(longest > expected.bound / 2);
}

TEST_CASE("only a failure of the whole store is nobody's attempt") {
  using Kind = StoreError::Kind;
  for (const auto kind :
       {Kind::unavailable, Kind::overloaded, Kind::storage_full, Kind::conflict, Kind::commit_unknown})
    CHECK(saga::is_store_wide(kind));
  for (const auto kind : {Kind::constraint, Kind::overrun, Kind::broken}) CHECK_FALSE(saga::is_store_wide(kind));
}
