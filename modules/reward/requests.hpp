// The use cases of reward requests: ask, serve those who met the condition, look.
#pragma once

#include "dto.hpp"
#include "event/ports.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/caller.hpp"
#include "repository.hpp"

namespace guerdon::reward {

class Requests {
 public:
  explicit Requests(const CursorCodec& cursors) : cursors_(cursors) {}

  /// The caller asks for the event's rewards: approved at once where the condition is met and nobody has to decide,
  /// waiting otherwise. Errors: not-found, user-deleted, event-deleted, event-not-running, no-rewards,
  /// already-requested (with the request's id and status), rewards-exhausted.
  Result<RequestView> ask(Tx& tx, const Caller& caller, event::EventId event);

  /// The condition is met: the waiting request is approved, or one is made and approved for who did not ask.
  /// A request that waits when nothing remains is rejected with the reason rewards-exhausted. Whom an operator has
  /// rejected must ask again, and nobody is served who has not met the condition (any more). Doing it twice changes
  /// nothing.
  Result<void> serve(Tx& tx, event::EventId event, UserId user);

  /// One chunk of the users who had met a condition before its event's first reward came. Who can't be served, because
  /// something is damaged, is put aside and tried again later.
  PumpResult serve_backlog(Tx& tx);
  /// After a change of the event: everybody who has met the condition is to be served, from the first on. False where
  /// the event serves nobody by itself now.
  [[nodiscard]] bool request_backlog(Tx& tx, event::EventId event);

  /// With a coupon's code in clear for its owner. Errors: not-found, also for another user's request; forbidden (a
  /// deleted one, by who may not see it).
  Result<RequestView> get_request(Snapshot& snapshot, const Caller& caller, RequestId id,
                                  const RequestQuery& query = {}) const;
  /// Own requests; all for staff; coupon codes masked. Errors: not-found (another user's, by a plain user),
  /// validation-failed (cursor), forbidden (deleted ones, by who may not see them).
  Result<Page<RequestView>> list_requests(Snapshot& snapshot, const Caller& caller,
                                          const RequestListQuery& query) const;

 private:
  const CursorCodec& cursors_;
};

}  // namespace guerdon::reward
