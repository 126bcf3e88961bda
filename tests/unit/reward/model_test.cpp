// When requests are taken.
#include "modules/reward/model.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;
using namespace guerdon::reward;
using namespace std::chrono_literals;

namespace {

const Instant end = parse_rfc3339("2026-03-09T00:00:00Z").value();

event::EventInfo event_in(event::EventState state) {
  event::EventInfo event;
  event.state = state;
  event.end_at = end;
  return event;
}

bool takes(event::EventState state, std::optional<Instant> met_at, Instant now) {
  return check_takes_requests(event_in(state), met_at, now).has_value();
}

}  // namespace

TEST_CASE("a running event takes requests, met or not, and one that is paused or has not begun takes none") {
  CHECK(takes(event::EventState::running, std::nullopt, end - 1h));
  CHECK(takes(event::EventState::running, end - 2h, end - 1h));
  for (const auto state : {event::EventState::draft, event::EventState::scheduled, event::EventState::paused}) {
    CHECK_FALSE(takes(state, std::nullopt, end - 1h));
    CHECK_FALSE(takes(state, end - 2h, end - 1h));
  }
}

TEST_CASE("an event that is over takes requests for seven days from who met the condition before its end") {
  const auto state = event::EventState::ended;
  CHECK(takes(state, end - 1ms, end));
  CHECK(takes(state, end - 1ms, end + 7 * 24h - 1ms));
  CHECK_FALSE(takes(state, end - 1ms, end + 7 * 24h));
  CHECK_FALSE(takes(state, end, end + 1h));
  CHECK_FALSE(takes(state, std::nullopt, end + 1h));
}
