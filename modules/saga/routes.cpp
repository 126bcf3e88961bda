// The HTTP routes of sagas. Declarations only.
#include "routes.hpp"

#include "console.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::saga {

void declare_routes(Router& routes, const Console& console) {
  routes.query({.method = "GET",
                .path = "/api/admin/sagas",
                .policy = Policy::roles({Role::auditor, Role::admin}),
                .summary = "Sagas, newest first: every step with its attempts, its times and its last error"},
               [&console](Snapshot& snapshot, const Caller&, const Request<None, SagaListQuery>& request) {
                 return console.list_sagas(snapshot, request.query);
               });
  routes.query({.method = "GET",
                .path = "/api/admin/sagas/{id}",
                .policy = Policy::roles({Role::auditor, Role::admin}),
                .summary = "One saga; of one that succeeded the receipt, how many rows of which table it changed",
                .problems = {problems::not_found},
                .etag = true},
               [&console](Snapshot& snapshot, const Caller&, const Request<SagaPath>& request) {
                 return console.get_saga(snapshot, request.path.id);
               });
  routes.command({.method = "POST",
                  .path = "/api/admin/sagas/{id}/retry",
                  .policy = Policy::roles({Role::admin}),
                  .summary = "Have a saga that waits after a failure try again now, with all its attempts",
                  .problems = {problems::not_found, saga_ended}},
                 [&console](Tx& tx, const Caller& caller, const Request<SagaPath>& request) {
                   return console.retry(tx, caller, request.path.id);
                 });
}

}  // namespace guerdon::saga
