// The use cases of progress: count a log-in, derive an event's progress anew, show it.
#pragma once

#include "dto.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/store.hpp"

namespace guerdon::progress {

class Service {
 public:
  explicit Service(const CursorCodec& cursors) : cursors_(cursors) {}

  /// Stores the log-in as a fact and counts it in the events whose window it falls into. Counting it twice, late or
  /// out of order gives the same progress. Publishes ConditionMet on turning eligible.
  Result<void> count_login(Tx& tx, UserId user, Instant at);

  /// Queues the event to be derived anew from the facts.
  void request_rebuild(Tx& tx, event::EventId event);
  /// One chunk of the oldest queued rebuild.
  PumpResult rebuild(Tx& tx);

  /// Errors: not-found (also for an event the caller may not see), forbidden (another user's, by a plain user).
  Result<ProgressView> get_progress(Snapshot& snapshot, const Caller& caller, event::EventId event,
                                    std::optional<UserId> user) const;
  /// Errors: forbidden, validation-failed (cursor).
  Result<Page<ProgressView>> list_progress(Snapshot& snapshot, const Caller& caller,
                                           const ProgressListQuery& query) const;

 private:
  const CursorCodec& cursors_;
};

}  // namespace guerdon::progress
