// How long failures in a row lock an account out.
#include "modules/auth/throttle/model.hpp"

#include <catch2/catch.hpp>

namespace guerdon::auth {
namespace {

using namespace std::chrono_literals;

constexpr Instant now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

TEST_CASE("The first four failures lock nothing, the fifth a minute, each further one twice as long, up to fifteen") {
  for (const std::int64_t failures : {1, 2, 3, 4}) CHECK(locked_until(failures, now) == now);
  CHECK(locked_until(5, now) == now + 1min);
  CHECK(locked_until(6, now) == now + 2min);
  CHECK(locked_until(7, now) == now + 4min);
  CHECK(locked_until(8, now) == now + 8min);
  for (const std::int64_t failures : {9, 10, 64, 70, 99}) CHECK(locked_until(failures, now) == now + 15min);
}

TEST_CASE("The hundredth failure in a row locks for good") {
  CHECK(locked_until(100, now) == for_good);
  CHECK(locked_until(1'000'000, now) == for_good);
}

}  // namespace
}  // namespace guerdon::auth
