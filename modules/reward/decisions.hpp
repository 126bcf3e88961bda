// The use cases of whoever decides reward requests: approve, reject, approve many. Nobody decides their own.
#pragma once

#include <set>
#include <span>

#include "decision_dto.hpp"
#include "dto.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/store.hpp"

namespace guerdon::reward {

/// Grants everything the event has now; an override grants it though the condition is not met.
/// Errors: validation-failed (an override without a reason), not-found, own-request, event-deleted, user-deleted,
/// not-pending (with the request's id and status), not-eligible, no-rewards, rewards-exhausted.
Result<RequestView> approve_request(Tx& tx, const Caller& caller, RequestId id, const ApproveRequest& how);

/// Gives back the stock that the request holds. Errors: not-found, own-request, event-deleted, user-deleted,
/// not-pending.
Result<RequestView> reject_request(Tx& tx, const Caller& caller, RequestId id, const RejectRequest& why);

/// Each for itself, in the order asked for: what can't be approved is told with its code and stays as it is. No id is
/// there twice.
[[nodiscard]] BulkApproval approve_requests(Tx& tx, const Caller& caller, std::span<const RequestId> ids);

/// How far a bulk approval has come.
struct BulkProgress {
  std::size_t looked_at = 0;  ///< of the ids asked for
  std::set<RequestId> seen;
  BulkApproval result;
};

/// The next chunk of a bulk approval, each in a transaction of its own: neither the store nor anybody else who wants a
/// reward waits for a thousand. Answers when it was the last one. An id named twice counts once.
[[nodiscard]] Result<std::optional<BulkApproval>> approve_next(Tx& tx, const Caller& caller,
                                                               const BulkApproveRequest& which, BulkProgress& progress);

}  // namespace guerdon::reward
