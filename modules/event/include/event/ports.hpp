// What others may ask about events inside their own transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/ids.hpp"
#include "event/types.hpp"
#include "guerdon/codec.hpp"
#include "guerdon/store.hpp"
#include "guerdon/time.hpp"

namespace guerdon::event {

/// From when to when an event was paused; without an end it still is. What happens in [from, to) never counts.
struct Pause {
  Instant from;
  std::optional<Instant> to;
};

/// What progress and reward need to know of an event. Its window is [start_at, end_at), less the pauses.
struct EventInfo {
  EventId id;
  std::string name;
  std::string condition_type;
  json::object condition_params;  ///< checked when it was stored: see event/conditions.hpp
  Instant start_at;
  std::optional<Instant> end_at;
  TimeZone time_zone;
  Approval approval = Approval::auto_;
  Instant created_at;
  std::vector<Pause> pauses;  ///< oldest first
  EventState state{};         ///< at the transaction's instant
};

[[nodiscard]] std::optional<EventInfo> find_event(Snapshot& snapshot, EventId id);

/// The active events with that kind of condition whose period contains `at`: those that a fact of that instant may
/// concern. An event that is paused now is not among them; resuming it publishes EventUpdated.
[[nodiscard]] std::vector<EventInfo> list_listening(Snapshot& snapshot, std::string_view condition_type, Instant at);

/// From now on the event's condition and time zone are frozen. Costs a point read when they already are.
void mark_has_progress(Tx& tx, EventId id);

}  // namespace guerdon::event
