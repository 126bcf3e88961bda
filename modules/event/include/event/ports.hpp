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

/// The events with that kind of condition whose period contains `at`, drafts left out: those that a fact of that instant
/// may concern. Paused ones are among them, since the fact may be older than the pause: ask their window.
[[nodiscard]] std::vector<EventInfo> list_listening(Snapshot& snapshot, std::string_view condition_type, Instant at);

/// From now on the event's condition and time zone are frozen: an edit that is not committed yet is waited for, and later
/// ones are refused. Terms that were read before may be older than that edit, so read them again. Writes nothing where
/// they are frozen already.
void mark_has_progress(Tx& tx, EventId id);

}  // namespace guerdon::event
