// The HTTP routes that delete accounts and restore them. Declarations only.
#include "routes.hpp"

#include "deletion.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::auth {

void declare_deletion_routes(Router& routes, const Deletions& deletions) {
  routes.command({.method = "DELETE",
                  .path = "/api/auth",
                  .policy = Policy::any_account().users_only(),
                  .summary = "Delete the caller's own account: its tokens are dead at once, its data goes after that",
                  .status = 202,
                  .problems = {last_admin}},
                 [&deletions](Tx& tx, const Caller& caller, const Request<>&) {
                   return deletions.request(tx, caller, caller.id());
                 });

  routes.command({.method = "DELETE",
                  .path = "/api/users/{id}",
                  .policy = Policy::roles({Role::admin}),
                  .summary = "Delete an account; asked again, the saga that does it",
                  .status = 202,
                  .problems = {problems::not_found, last_admin, problems::user_deleted}},
                 [&deletions](Tx& tx, const Caller& caller, const Request<DeletionPath>& request) {
                   return deletions.request(tx, caller, request.path.id);
                 });

  routes.command_in_steps(
      {.method = "POST",
       .path = "/api/users/{id}/restore",
       .policy = Policy::roles({Role::admin}),
       .summary = "Restore a deleted account with exactly what its deletion hid; how many rows of which table",
       .problems = {problems::not_found, deletion_running, not_deleted}},
      [&deletions](Tx& tx, const Caller& caller, const Request<DeletionPath>& request, RestoreProgress& progress) {
        return deletions.restore(tx, caller, request.path.id, progress);
      });
}

}  // namespace guerdon::auth
