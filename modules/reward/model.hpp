// The rules of requests, pure, and what rewards and requests are refused for. Those of rewards: terms.hpp.
#pragma once

#include <optional>

#include "dto.hpp"
#include "event/ports.hpp"
#include "guerdon/result.hpp"

namespace guerdon::reward {

namespace refusals {
inline constexpr Problem event_deleted{409, "event-deleted"};
inline constexpr Problem event_not_running{409, "event-not-running"};
inline constexpr Problem already_requested{409, "already-requested"};
inline constexpr Problem rewards_exhausted{409, "rewards-exhausted"};
inline constexpr Problem no_rewards{409, "no-rewards"};
inline constexpr Problem own_request{403, "own-request"};
inline constexpr Problem not_pending{409, "not-pending"};
inline constexpr Problem not_eligible{409, "not-eligible"};
inline constexpr Problem quantity_below_granted{409, "quantity-below-granted"};
inline constexpr Problem no_code_pool{409, "no-code-pool"};
}  // namespace refusals

/// Why a waiting request was rejected without an operator.
inline constexpr std::string_view reason_exhausted = "rewards-exhausted";
inline constexpr std::string_view reason_event_over = "event-over";

/// When the requests of an event that has an end are closed: seven days after it. What still waits then is rejected.
std::optional<Instant> closes_at(const event::EventInfo& event);

/// Does the event take a request now? While it runs, and for 7 days after its end from those who met the condition
/// before. Errors: event-not-running.
Result<void> check_takes_requests(const event::EventInfo& event, std::optional<Instant> met_at, Instant now);

}  // namespace guerdon::reward
