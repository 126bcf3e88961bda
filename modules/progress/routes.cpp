// The HTTP routes of progress. Declarations only.
#include "routes.hpp"

#include "activities.hpp"
#include "explanation.hpp"
#include "guerdon/routes.hpp"
#include "service.hpp"

namespace guerdon::progress {

void declare_routes(Router& routes, Service& service) {
  routes.query({.method = "GET",
                .path = "/api/events/{id}/progress",
                .policy = Policy::any_account(),
                .summary = "Progress in one event; with explain=true what counted, what did not, and why",
                .problems = {problems::not_found},
                .etag = true},
               [&service](Snapshot& snapshot, const Caller& caller, const Request<EventPath, ProgressQuery>& request) {
                 return get_explained(snapshot, caller, service, request.path.id, request.query);
               });
  routes.query({.method = "GET",
                .path = "/api/events/progress",
                .policy = Policy::any_account(),
                .summary = "Progress in all events, newest first",
                .problems = {problems::not_found}},
               [&service](Snapshot& snapshot, const Caller& caller, const Request<None, ProgressListQuery>& request) {
                 return service.list_progress(snapshot, caller, request.query);
               });
}

void declare_activity_routes(Router& routes) {
  routes.command({.method = "POST",
                  .path = "/api/activities",
                  .policy = Policy::roles({Role::operator_, Role::admin}),
                  .summary = "Something a user did; the same id from the same caller counts once",
                  .status = 202,
                  .problems = {problems::user_deleted}},
                 [](Tx& tx, const Caller& caller, const Request<None, None, ActivityInput>& request) {
                   return post_activity(tx, caller, request.body);
                 });
  routes.command({.method = "POST",
                  .path = "/api/activities/batch",
                  .policy = Policy::roles({Role::operator_, Role::admin}),
                  .summary = "Up to 1000 activities, all or none",
                  .status = 202,
                  .problems = {problems::user_deleted},
                  .max_body = 1024 * 1024},
                 [](Tx& tx, const Caller& caller, const Request<None, None, ActivityBatch>& request) {
                   return post_activities(tx, caller, request.body);
                 });
}

}  // namespace guerdon::progress
