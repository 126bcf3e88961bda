// The HTTP routes of decisions. Declarations only.
#include "decision_routes.hpp"

#include "decisions.hpp"
#include "guerdon/routes.hpp"
#include "model.hpp"

namespace guerdon::reward {

void declare_decision_routes(Router& routes) {
  routes.command(
      {.method = "POST",
       .path = "/api/events/requests/{id}/approve",
       .policy = Policy::roles({Role::operator_, Role::admin}),
       .summary = "Approve a request, or override its condition with a reason",
       .problems = {problems::not_found, problems::user_deleted, refusals::own_request, refusals::event_deleted,
                    refusals::not_pending, refusals::not_eligible, refusals::no_rewards, refusals::rewards_exhausted}},
      [](Tx& tx, const Caller& caller, const Request<RequestPath, None, ApproveRequest>& request) {
        return approve_request(tx, caller, request.path.id, request.body);
      });
  routes.command({.method = "POST",
                  .path = "/api/events/requests/{id}/reject",
                  .policy = Policy::roles({Role::operator_, Role::admin}),
                  .summary = "Reject a request with a reason",
                  .problems = {problems::not_found, problems::user_deleted, refusals::own_request,
                               refusals::event_deleted, refusals::not_pending}},
                 [](Tx& tx, const Caller& caller, const Request<RequestPath, None, RejectRequest>& request) {
                   return reject_request(tx, caller, request.path.id, request.body);
                 });
  routes.command_in_steps({.method = "POST",
                           .path = "/api/events/requests/bulk-approve",
                           .policy = Policy::roles({Role::operator_, Role::admin}),
                           .summary = "Approve up to 1000 requests, each for itself",
                           .max_body = 128 * 1024},
                          [](Tx& tx, const Caller& caller, const Request<None, None, BulkApproveRequest>& request,
                             BulkProgress& progress) { return approve_next(tx, caller, request.body, progress); });
}

}  // namespace guerdon::reward
