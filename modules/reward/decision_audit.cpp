// One entry a decision, under the request's id.
#include "decision_audit.hpp"

#include "guerdon/audit.hpp"

namespace guerdon::reward {
namespace {

json::object details_of(const RequestRow& row) {
  return {{"eventId", row.event_id.to_string()}, {"userId", row.user_id.to_string()}};
}

}  // namespace

void record_approval(Tx& tx, const Caller& caller, const RequestRow& request,
                     std::optional<std::string> override_reason) {
  auto details = details_of(request);
  details["override"] = override_reason.has_value();
  if (override_reason) details["reason"] = *override_reason;
  record_audit(tx, caller,
               {.action = audited::approved, .subject = request.id.to_string(), .details = std::move(details)});
}

void record_rejection(Tx& tx, const Caller& caller, const RequestRow& request,
                      std::optional<std::string_view> server_reason) {
  auto details = details_of(request);
  if (server_reason) details["reason"] = *server_reason;
  record_audit(tx, caller,
               {.action = audited::rejected, .subject = request.id.to_string(), .details = std::move(details)});
}

}  // namespace guerdon::reward
