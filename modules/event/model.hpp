// The rules of events, pure: what state one is in, and what its parameters may be.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "event/types.hpp"
#include "guerdon/codec.hpp"
#include "guerdon/result.hpp"
#include "guerdon/time.hpp"

namespace guerdon::event {

namespace refusals {
inline constexpr Problem has_progress{409, "event-has-progress"};
}

/// [start, end) in which facts count, as the event's zone cuts it into days.
struct Period {
  Instant start;
  std::optional<Instant> end;
  TimeZone zone;
};

/// Calendar days that the period touches; empty for one without an end.
std::optional<std::int64_t> days_in(const Period& period);

/// An inactive event is a draft until it has first been active, and paused from then on.
EventState state_of(bool is_active, bool was_active, const Period& period, Instant now);

/// What is wrong with a condition, by pointers below /conditionType and /conditionParams; empty when it is fine.
/// The parameters come back complete, with their defaults.
std::vector<Fault> condition_faults(std::string_view type, json::object& parameters, const Period& period);

/// The topics of the facts that a condition counts; what is stored has been checked.
std::vector<std::string> condition_topics(std::string_view type, const json::object& parameters);

/// Every type of condition there is, for messages and documentation.
std::vector<std::string_view> condition_types();

}  // namespace guerdon::event
