// The rules of rewards and requests, pure.
#pragma once

#include <optional>

#include "dto.hpp"
#include "event/ports.hpp"
#include "guerdon/result.hpp"

namespace guerdon::reward {

namespace refusals {
inline constexpr Problem event_not_running{409, "event-not-running"};
inline constexpr Problem already_requested{409, "already-requested"};
inline constexpr Problem rewards_exhausted{409, "rewards-exhausted"};
inline constexpr Problem no_rewards{409, "no-rewards"};
}  // namespace refusals

/// Why a waiting request was rejected without an operator.
inline constexpr std::string_view reason_exhausted = "rewards-exhausted";

/// The points that a POINT reward's metadata grants: `amount`, 1 to 10^12.
/// Errors: validation-failed pointing into /metadata.
Result<std::int64_t> points_of(const json::object& metadata);

/// Does the event take a request now? While it runs, and for 7 days after its end from those who met the condition
/// before. Errors: event-not-running.
Result<void> check_takes_requests(const event::EventInfo& event, std::optional<Instant> met_at, Instant now);

}  // namespace guerdon::reward
