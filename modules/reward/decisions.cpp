// Each decision is in the audit log as the last thing in its transaction.
#include "decisions.hpp"

#include <algorithm>

#include "decision_audit.hpp"
#include "docket.hpp"
#include "request_views.hpp"

namespace guerdon::reward {
namespace {

constexpr std::size_t chunk = 50;  // requests a step of a bulk: some milliseconds

std::optional<std::string> override_reason(const Approval& approval, const ApproveRequest& how) {
  if (!approval.is_override) return std::nullopt;
  return how.reason ? how.reason->value() : std::string{};
}

}  // namespace

Result<RequestView> approve_request(Tx& tx, const Caller& caller, RequestId id, const ApproveRequest& how) {
  if (how.override_ && !how.reason)
    return Error{Fault{.where = "/reason", .code = "required", .detail = "is required for an override"}};
  const auto approval = Docket{tx, caller, {&id, 1}}.approve(id, how);
  if (!approval) return approval.error();
  auto view = view_of(tx, find_request(tx, id).value());
  record_approval(tx, caller, approval->request, override_reason(*approval, how));
  return view;
}

Result<RequestView> reject_request(Tx& tx, const Caller& caller, RequestId id, const RejectRequest& why) {
  const auto row = Docket{tx, caller, {&id, 1}}.reject(id, why);
  if (!row) return row.error();
  auto view = view_of(tx, find_request(tx, id).value());
  record_rejection(tx, caller, *row);
  return view;
}

BulkApproval approve_requests(Tx& tx, const Caller& caller, std::span<const RequestId> ids) {
  Docket docket{tx, caller, ids};
  BulkApproval result;
  std::vector<Approval> approvals;
  for (const RequestId id : ids) {
    auto approval = docket.approve(id, {});
    if (!approval) {
      result.failed.push_back({.id = id, .code = std::string{approval.error().problem.code}});
      continue;
    }
    result.approved.push_back(id);
    approvals.push_back(*std::move(approval));
  }
  for (const auto& approval : approvals) record_approval(tx, caller, approval.request, std::nullopt);
  return result;
}

Result<std::optional<BulkApproval>> approve_next(Tx& tx, const Caller& caller, const BulkApproveRequest& which,
                                                 BulkProgress& progress) {
  std::vector<RequestId> ids;
  for (; progress.looked_at < which.ids.size() && ids.size() < chunk; ++progress.looked_at) {
    const auto id = which.ids[progress.looked_at];
    if (progress.seen.insert(id).second) ids.push_back(id);
  }
  auto result = approve_requests(tx, caller, ids);
  auto& all = progress.result;
  std::ranges::move(result.approved, std::back_inserter(all.approved));
  std::ranges::move(result.failed, std::back_inserter(all.failed));
  if (progress.looked_at < which.ids.size()) return std::optional<BulkApproval>{};
  return std::optional{all};
}

}  // namespace guerdon::reward
