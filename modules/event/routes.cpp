// The HTTP routes of events. Declarations only.
#include "routes.hpp"

#include "deletion.hpp"
#include "guerdon/routes.hpp"
#include "model.hpp"
#include "service.hpp"

namespace guerdon::event {

using CreateCall = Request<None, None, Decoded<EventRegisterRequest>>;
using UpdateCall = Request<EventPath, None, Decoded<EventRegisterRequest>>;

namespace {

void declare_events(Router& routes, Service& service) {
  routes.command({.method = "POST",
                  .path = "/api/events",
                  .policy = Policy::roles({Role::operator_, Role::admin}),
                  .summary = "Create an event",
                  .status = 201},
                 [&service](Tx& tx, const Caller& caller, const CreateCall& request) {
                   return service.create(tx, caller, request.body);
                 });
  routes.query({.method = "GET",
                .path = "/api/events",
                .policy = Policy::any_account(),
                .summary = "Events, newest first; drafts for staff only, deleted ones for AUDITOR and ADMIN"},
               [&service](Snapshot& snapshot, const Caller& caller, const Request<None, EventListQuery>& request) {
                 return service.list_events(snapshot, caller, request.query);
               });
  routes.query({.method = "GET",
                .path = "/api/events/{id}",
                .policy = Policy::any_account(),
                .summary = "One event",
                .problems = {problems::not_found},
                .etag = true},
               [&service](Snapshot& snapshot, const Caller& caller, const Request<EventPath, EventQuery>& request) {
                 return service.get_event(snapshot, caller, request.path.id, request.query);
               });
  routes.command({.method = "PUT",
                  .path = "/api/events/{id}",
                  .policy = Policy::roles({Role::operator_, Role::admin}),
                  .summary = "Change an event",
                  .problems = {problems::not_found, refusals::has_progress}},
                 [&service](Tx& tx, const Caller& caller, const UpdateCall& request) {
                   return service.update(tx, caller, request.path.id, request.body);
                 });
}

void declare_deletions(Router& routes, Deletions& deletions) {
  routes.command_in_steps(
      {.method = "DELETE",
       .path = "/api/events/{id}",
       .policy = Policy::roles({Role::user, Role::operator_, Role::admin}),
       .summary = "Delete an event with its rewards; or, by a user's id, what is theirs in events",
       .problems = {problems::not_found, problems::user_deleted}},
      [&deletions](Tx& tx, const Caller& caller, const Request<DeletablePath>& request, DataProgress& progress) {
        return deletions.remove(tx, caller, request.path.id, progress);
      });
  routes.command_in_steps(
      {.method = "POST",
       .path = "/api/events/{id}/restore",
       .policy = Policy::roles({Role::user, Role::operator_, Role::admin}),
       .summary = "Restore an event; or, by a user's id, what was deleted of theirs in events",
       .problems = {problems::not_found, problems::user_deleted}},
      [&deletions](Tx& tx, const Caller& caller, const Request<DeletablePath>& request, DataProgress& progress) {
        return deletions.restore(tx, caller, request.path.id, progress);
      });
}

}  // namespace

void declare_routes(Router& routes, Service& service, Deletions& deletions) {
  declare_events(routes, service);
  declare_deletions(routes, deletions);
}

}  // namespace guerdon::event
