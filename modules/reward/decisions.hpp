// The use cases of whoever decides reward requests: approve, reject, approve many. Nobody decides their own.
#pragma once

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

/// Each for itself, in the order asked for: what can't be approved is told with its code and stays as it is. An id
/// named twice counts once.
Result<BulkApproval> approve_requests(Tx& tx, const Caller& caller, const BulkApproveRequest& which);

}  // namespace guerdon::reward
