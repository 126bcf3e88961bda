// See clock_route.hpp.
#include "runtime/clock_route.hpp"

#include <utility>

namespace guerdon {

struct ClockStep {
  CalendarStep advance;
};
BOOST_DESCRIBE_STRUCT(ClockStep, (), (advance))

struct ClockTime {
  Instant now;
};
BOOST_DESCRIBE_STRUCT(ClockTime, (), (now))

void add_clock_route(Router& routes, Database& database, SandboxClock& clock, std::function<bool()> settle) {
  using StepCall = Request<None, None, ClockStep>;
  // It waits, so it is all done in the step that runs in the task pool; the transaction behind it only tells the time.
  auto advance = [&database, &clock, settle = std::move(settle)](Snapshot&, const Caller&,
                                                                 const StepCall& call) -> Result<None> {
    const auto moved = database.write([&](Tx& tx) { return advance_clock(tx, clock, call.body.advance); });
    if (!moved) return moved.error();
    if (!settle()) return Error{problems::unavailable, "the clock was moved, but what fell due is still being done"};
    return None{};
  };
  const auto tell = [](Tx& tx, const Caller&, const StepCall&, const None&) -> Result<ClockTime> {
    return ClockTime{tx.now()};
  };
  routes.command({.method = "POST",
                  .path = "/api/admin/clock",
                  .policy = Policy::roles({Role::admin}),
                  .summary = "Move the sandbox's clock forward; answers when what fell due has been done",
                  .idempotent = false},
                 std::move(advance), tell);
}

}  // namespace guerdon
