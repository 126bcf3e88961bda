// The sandbox clock goes forward only, and only when that is durable.
#include "runtime/sandbox_clock.hpp"

#include <catch2/catch.hpp>

#include "support/databases.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

namespace {

struct Sandbox {
  explicit Sandbox(Engine engine) : store(engine), clock(store.clock) {}

  Result<void> advance(std::chrono::milliseconds step) {
    return store->write([&](Tx& tx) { return advance_clock(tx, clock, CalendarStep{.rest = step}); });
  }
  std::chrono::milliseconds saved() {
    return store->read([](Snapshot& snapshot) { return saved_clock_lead(snapshot); });
  }

  test::TestDatabase store;
  SandboxClock clock;
};

}  // namespace

TEST_CASE("a sandbox clock adds up its steps and keeps them with the data") {
  Sandbox sandbox{GENERATE(from_range(test::engines()))};
  CHECK(sandbox.saved() == 0ms);
  const auto start = sandbox.clock.now();
  REQUIRE(sandbox.advance(24h).has_value());
  REQUIRE(sandbox.advance(1ms).has_value());
  CHECK(sandbox.clock.now() == start + 24h + 1ms);
  CHECK(sandbox.saved() == 24h + 1ms);
}

TEST_CASE("a sandbox clock never goes back, stands still or leaves the calendar") {
  Sandbox sandbox{GENERATE(from_range(test::engines()))};
  CHECK(sandbox.advance(0ms).error().faults.at(0).where == "/advance");
  CHECK(sandbox.advance(-1s).has_error());
  CHECK(sandbox.advance(24h * 3661).has_error());
  sandbox.store.clock.set(*parse_rfc3339("9997-06-01T00:00:00Z"));
  CHECK(sandbox.advance(24h * 365).has_error());
  CHECK(sandbox.saved() == 0ms);
  CHECK(sandbox.clock.ahead() == 0ms);
}

TEST_CASE("a step in time is any ISO 8601 duration, months by the calendar") {
  const auto moved = [](std::string_view from, std::string_view step) {
    const auto parsed = CalendarStep::parse(step);
    return parsed ? to_rfc3339(parsed->from(*parse_rfc3339(from))) : "refused";
  };
  CHECK(moved("2026-03-02T09:00:00Z", "P1D") == "2026-03-03T09:00:00.000Z");
  CHECK(moved("2026-03-02T09:00:00Z", "PT0.5S") == "2026-03-02T09:00:00.500Z");
  CHECK(moved("2026-01-31T09:00:00Z", "P1M") == "2026-02-28T09:00:00.000Z");
  CHECK(moved("2028-02-29T00:00:00Z", "P1Y") == "2029-02-28T00:00:00.000Z");
  CHECK(moved("2026-03-02T09:00:00Z", "P1Y2M10DT2H30M") == "2027-05-12T11:30:00.000Z");
  CHECK(moved("2026-03-02T09:00:00Z", "P2W") == "2026-03-16T09:00:00.000Z");
  const auto* const bad =
      GENERATE("", "P", "PT", "1d", "P-1D", "-P1D", "P1.5M", "P1M1Y", "P99999999999Y", "P1D ", "P1001Y", "P1DT");
  INFO(bad);
  CHECK(moved("2026-03-02T09:00:00Z", bad) == "refused");
}
