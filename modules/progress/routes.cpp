// The HTTP routes of progress. Declarations only.
#include "routes.hpp"

#include "guerdon/routes.hpp"
#include "service.hpp"

namespace guerdon::progress {

void declare_routes(Router& routes, Service& service) {
  routes.query(
      {.method = "GET",
       .path = "/api/events/{id}/progress",
       .policy = Policy::any_account(),
       .summary = "Progress in one event",
       .problems = {problems::not_found},
       .etag = true},
      [&service](Snapshot& snapshot, const Caller& caller, const Request<EventPath, ProgressOfQuery>& request) {
        return service.get_progress(snapshot, caller, request.path.id, request.query.user_id);
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

}  // namespace guerdon::progress
