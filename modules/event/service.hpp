// The use cases of events: create, change, look.
#pragma once

#include <optional>

#include "dto.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/codec/decoded.hpp"
#include "guerdon/store.hpp"

namespace guerdon::event {

/// Until when the view stays the same if nobody changes the event: its state is of the time.
[[nodiscard]] Instant same_until(const EventView& view);
/// The same of a page. Empty where which events are on it is of the time as well: it may be another at once.
[[nodiscard]] std::optional<Instant> same_until(const Page<EventView>& page, const EventListQuery& query);

class Service {
 public:
  Service(const CursorCodec& cursors, TimeZone default_zone) : cursors_(cursors), default_zone_(default_zone) {}

  /// Publishes EventCreated, as each of these leaves an audit entry. Errors: validation-failed with every fault, those
  /// of the condition's parameters too.
  Result<EventView> create(Tx& tx, const Caller& caller, const Decoded<EventRegisterRequest>& request) const;

  /// Replaces everything that can be set; what is absent gets its default. Becoming inactive pauses the event, from
  /// which moment nothing counts until it is active again. Publishes EventUpdated.
  /// Errors: not-found, validation-failed, event-has-progress (condition or zone, once users have progress).
  Result<EventView> update(Tx& tx, const Caller& caller, EventId id,
                           const Decoded<EventRegisterRequest>& request) const;

  /// Errors: not-found, also for a draft where the caller is no staff, and for a deleted event where it is not asked
  /// for; forbidden (deleted ones, by who may not see them).
  Result<EventView> get_event(Snapshot& snapshot, const Caller& caller, EventId id, const EventQuery& query = {}) const;
  /// Errors: validation-failed (cursor), forbidden (deleted ones, by who may not see them).
  Result<Page<EventView>> list_events(Snapshot& snapshot, const Caller& caller, const EventListQuery& query) const;

 private:
  const CursorCodec& cursors_;
  TimeZone default_zone_;
};

}  // namespace guerdon::event
