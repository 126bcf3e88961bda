// Where a key's messages are is for ever, and how long a failure waits is bounded.
#include <catch2/catch.hpp>

#include <array>

#include "bus/backoff.hpp"
#include "bus/partition.hpp"
#include "guerdon/ids.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

TEST_CASE("A key's partition never changes") {
  // Pinned: stored messages are where these numbers put them.
  CHECK(bus::partition_of("", 16) == 1);
  CHECK(bus::partition_of("usr_01kkmyqxm0e0g30r40m30e2ghk", 16) == 8);
  CHECK(bus::partition_of("evt_01kkmyqxm0e0g30r40m30e2ghk", 16) == 14);
  CHECK(bus::partition_of("anything", 1) == 0);
}

TEST_CASE("Keys spread over all partitions") {
  const auto random = system_random();
  IdSource ids{*random};
  std::array<int, 16> hits{};
  for (int i = 0; i < 16'000; ++i) {
    const UserId id{ids.next(Instant{1'000'000ms})};
    ++hits[static_cast<std::size_t>(bus::partition_of(id.to_string(), 16))];
  }
  for (const int n : hits) {
    CHECK(n > 700);
    CHECK(n < 1300);
  }
}

TEST_CASE("The bound of a back-off doubles up to its limit and never overflows") {
  CHECK(bus::backoff_bound(1, 200ms, 5min) == 200ms);
  CHECK(bus::backoff_bound(2, 200ms, 5min) == 400ms);
  CHECK(bus::backoff_bound(5, 200ms, 5min) == 3200ms);
  CHECK(bus::backoff_bound(12, 200ms, 5min) == 5min);
  CHECK(bus::backoff_bound(1'000'000, 200ms, 5min) == 5min);
  CHECK(bus::backoff_bound(1, 10min, 5min) == 5min);
}

TEST_CASE("Full jitter stays within the bound and uses all of it") {
  const auto random = system_random();
  auto least = 1'000'000ms;
  auto most = 0ms;
  for (int i = 0; i < 2000; ++i) {
    const auto delay = bus::jittered(*random, 200ms);
    least = std::min(least, delay);
    most = std::max(most, delay);
  }
  CHECK(least >= 1ms);
  CHECK(least < 20ms);
  CHECK(most <= 200ms);
  CHECK(most > 180ms);
  CHECK(bus::jittered(*random, 0ms) == 1ms);
}
