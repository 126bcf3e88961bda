// A decision locks whose request it is, then the request, then looks: what it sees still holds when it commits. The
// guarded update decides.
#include "decisions.hpp"

#include <set>

#include "auth/ports.hpp"
#include "event/ports.hpp"
#include "granting.hpp"
#include "guerdon/audit.hpp"
#include "model.hpp"
#include "progress/ports.hpp"
#include "request_views.hpp"

namespace guerdon::reward {
namespace {

Verdict verdict_of(const Caller& caller, const std::optional<Reason>& reason) {
  Verdict verdict{.reason = {}, .operator_id = {}, .operator_key = caller.key};
  if (!caller.key) verdict.operator_id = caller.id();
  if (reason) verdict.reason = reason->value();
  return verdict;
}

Error no_such_request() { return {problems::not_found, "there is no such request"}; }

Error not_pending(const RequestRow& row) {
  return Error{refusals::not_pending, "the request has been decided already"}.with("request", named(row));
}

/// The request, which nobody else decides until the commit, if it is the caller's to decide.
Result<RequestRow> lock_undecided(Tx& tx, const Caller& caller, RequestId id) {
  const auto whose = find_request_or_deleted(tx, id);
  if (!whose) return no_such_request();
  const auto present = auth::check_present(tx, whose->user_id);
  auto row = lock_request(tx, id);
  if (!row || (row->deleted_at && present)) return no_such_request();
  if (row->user_id == caller.user) return Error{refusals::own_request, "nobody decides their own request"};
  if (!event::find_event(tx, row->event_id))
    return Error{refusals::event_deleted, "the event is deleted: its requests wait until it is restored"};
  if (!present)
    return Error{problems::user_deleted, "the user is going or gone: the request waits until they are restored"};
  if (row->status != RequestStatus::pending) return not_pending(*row);
  return *std::move(row);
}

/// From now on none of those whose requests these are can leave.
void hold_users(Tx& tx, const std::set<RequestId>& requests) {
  std::set<UserId> users;
  for (const RequestId id : requests)
    if (const auto request = find_request_or_deleted(tx, id)) users.insert(request->user_id);
  for (const UserId user : users) (void)auth::check_present(tx, user);
}

struct Approval {
  RequestRow request;
  bool is_override = false;
};

Result<Approval> try_to_approve(Tx& tx, const Caller& caller, RequestId id, const ApproveRequest& how) {
  const auto row = lock_undecided(tx, caller, id);
  if (!row) return row.error();
  const bool is_eligible = progress::met_at(tx, row->event_id, row->user_id).has_value();
  if (!is_eligible && !how.override_) return Error{refusals::not_eligible, "the user has not met the condition"};
  const auto rewards = list_rewards(tx, row->event_id);
  if (rewards.empty()) return Error{refusals::no_rewards, "the event has no rewards"};
  if (!approve(tx, *row, rewards, verdict_of(caller, how.reason)))
    return Error{refusals::rewards_exhausted, "nothing is left of at least one reward"};
  return Approval{.request = *row, .is_override = !is_eligible};
}

json::object details_of(const RequestRow& row) {
  return {{"eventId", row.event_id.to_string()}, {"userId", row.user_id.to_string()}};
}

void record_approval(Tx& tx, const Caller& caller, const Approval& approval) {
  auto details = details_of(approval.request);
  details["override"] = approval.is_override;
  record_audit(tx, caller,
               {.action = "request.approved", .subject = approval.request.id.to_string(), .details = details});
}

}  // namespace

Result<RequestView> approve_request(Tx& tx, const Caller& caller, RequestId id, const ApproveRequest& how) {
  if (how.override_ && !how.reason)
    return Error{Fault{.where = "/reason", .code = "required", .detail = "is required for an override"}};
  const auto approval = try_to_approve(tx, caller, id, how);
  if (!approval) return approval.error();
  auto view = view_of(tx, find_request(tx, id).value());
  record_approval(tx, caller, *approval);
  return view;
}

Result<RequestView> reject_request(Tx& tx, const Caller& caller, RequestId id, const RejectRequest& why) {
  const auto row = lock_undecided(tx, caller, id);
  if (!row) return row.error();
  if (!reject(tx, *row, verdict_of(caller, why.reason))) return not_pending(*row);
  auto view = view_of(tx, find_request(tx, id).value());
  record_audit(tx, caller, {.action = "request.rejected", .subject = id.to_string(), .details = details_of(*row)});
  return view;
}

Result<BulkApproval> approve_requests(Tx& tx, const Caller& caller, const BulkApproveRequest& which) {
  // All locks first, users before requests and each by id, so that two of these never wait for one another.
  std::set<RequestId> waiting(which.ids.begin(), which.ids.end());
  hold_users(tx, waiting);
  for (const RequestId id : waiting) (void)lock_request(tx, id);

  BulkApproval result;
  std::vector<Approval> approvals;
  for (const RequestId id : which.ids) {
    if (waiting.erase(id) == 0) continue;
    auto approval = tx.savepoint([&] { return try_to_approve(tx, caller, id, {}); });
    if (!approval) {
      result.failed.push_back({.id = id, .code = std::string{approval.error().problem.code}});
      continue;
    }
    result.approved.push_back(id);
    approvals.push_back(*std::move(approval));
  }
  for (const auto& approval : approvals) record_approval(tx, caller, approval);
  return result;
}

}  // namespace guerdon::reward
