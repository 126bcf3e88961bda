// The use cases of progress: count what users do, derive an event's progress anew, show it.
#pragma once

#include "dto.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/store.hpp"
#include "progress/messages.hpp"

namespace guerdon::progress {

class Service {
 public:
  explicit Service(const CursorCodec& cursors) : cursors_(cursors) {}

  /// Stores the log-in as a fact and counts it in the events whose window it falls into. Counting it twice, late or
  /// out of order gives the same progress. Publishes ConditionMet on turning eligible. Of somebody who is going or gone
  /// nothing is counted: the fact is kept with what their deletion has hidden.
  Result<void> count_login(Tx& tx, UserId user, Instant at);
  /// The same for a session that went on (a refresh).
  Result<void> count_session(Tx& tx, UserId user, Instant at);
  /// The same for a registration: a fact of whoever invited the user, if somebody did.
  Result<void> count_signup(Tx& tx, UserId user, Instant at);
  /// Counts an activity that is stored.
  Result<void> count_activity(Tx& tx, ActivityId activity);

  /// Queues the event to be derived anew from the facts.
  void request_rebuild(Tx& tx, event::EventId event);
  /// One chunk of a queued rebuild: they take turns, so that one that fails holds up no other. One pass at a time.
  PumpResult rebuild(Tx& tx);

  /// Errors: not-found (also for an event or a user that the caller may not see), forbidden (what is deleted, by who
  /// may not see it).
  Result<ProgressView> get_progress(Snapshot& snapshot, const Caller& caller, event::EventId event,
                                    const ProgressOfQuery& query) const;
  /// Errors: forbidden, validation-failed (cursor).
  Result<Page<ProgressView>> list_progress(Snapshot& snapshot, const Caller& caller,
                                           const ProgressListQuery& query) const;

 private:
  const CursorCodec& cursors_;
  event::EventId tried_last_;  ///< of the rebuilds
};

}  // namespace guerdon::progress
