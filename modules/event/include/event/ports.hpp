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
  std::optional<Instant> deleted_at{};
  Instant updated_at{};
};

/// Nothing for a deleted event: it is as if there were none.
[[nodiscard]] std::optional<EventInfo> find_event(Snapshot& snapshot, EventId id);
/// For whoever says that it is deleted, or shows it to those who may see it.
[[nodiscard]] std::optional<EventInfo> find_event_or_deleted(Snapshot& snapshot, EventId id);

/// The same, and until the commit nobody edits, pauses, deletes or restores the event; who is at that is waited for. To
/// be called before anything of the event is locked, and for several events in the order of their ids.
[[nodiscard]] std::optional<EventInfo> lock_event(Tx& tx, EventId id);
[[nodiscard]] std::optional<EventInfo> lock_event_or_deleted(Tx& tx, EventId id);

/// Up to `limit` events that have been active and are not deleted, by id, after `after`: for working through all in
/// chunks.
[[nodiscard]] std::vector<EventInfo> list_ever_active(Snapshot& snapshot, std::optional<EventId> after,
                                                      std::int64_t limit);

/// The events that listen to one of the topics (event/topics.hpp) and whose period contains `at`, by id, drafts and
/// deleted ones left out: those that a fact of that instant may concern. Paused ones are among them, since the fact may
/// be older than the pause: ask their window. Two statements, however many events there are.
[[nodiscard]] std::vector<EventInfo> list_listening(Snapshot& snapshot, const std::vector<std::string>& topics,
                                                    Instant at);

/// From now on the event's condition and time zone are frozen: an edit that is not committed yet is waited for, and
/// later ones are refused. Terms that were read before may be older than that edit, so read them again. Writes nothing
/// where they are frozen already.
void mark_has_progress(Tx& tx, EventId id);

}  // namespace guerdon::event
