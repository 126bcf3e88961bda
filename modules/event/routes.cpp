// The HTTP routes of events, and until when what they answer stays the same.
#include "routes.hpp"

#include <utility>

#include "deletion.hpp"
#include "guerdon/routes.hpp"
#include "model.hpp"
#include "service.hpp"

namespace guerdon::event {

using CreateCall = Request<None, None, Decoded<EventRegisterRequest>>;
using UpdateCall = Request<EventPath, None, Decoded<EventRegisterRequest>>;

namespace {

Result<Reply<EventView>> get_event(const Service& service, Snapshot& snapshot, const Caller& caller,
                                   const Request<EventPath, EventQuery>& request) {
  auto view = service.get_event(snapshot, caller, request.path.id, request.query);
  if (!view) return std::move(view).error();
  const auto until = same_until(*view);
  return Reply<EventView>{.body = *std::move(view), .same_until = until};
}

Result<Reply<Page<EventView>>> list_events(const Service& service, Snapshot& snapshot, const Caller& caller,
                                           const Request<None, EventListQuery>& request) {
  auto page = service.list_events(snapshot, caller, request.query);
  if (!page) return std::move(page).error();
  const auto until = same_until(*page, request.query);
  return Reply<Page<EventView>>{.body = *std::move(page), .same_until = until};
}

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
                .summary = "Events, newest first; drafts for staff only, deleted ones for AUDITOR and ADMIN",
                .remembered = true},
               [&service](Snapshot& snapshot, const Caller& caller, const Request<None, EventListQuery>& request) {
                 return list_events(service, snapshot, caller, request);
               });
  routes.query({.method = "GET",
                .path = "/api/events/{id}",
                .policy = Policy::any_account(),
                .summary = "One event",
                .problems = {problems::not_found},
                .etag = true,
                .remembered = true},
               [&service](Snapshot& snapshot, const Caller& caller, const Request<EventPath, EventQuery>& request) {
                 return get_event(service, snapshot, caller, request);
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
