// The HTTP routes that delete accounts. Declarations only.
#include "routes.hpp"

#include "deletion.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::auth {

void declare_deletion_routes(Router& routes, SessionCopies copies) {
  routes.command({.method = "DELETE",
                  .path = "/api/auth",
                  .policy = Policy::any_account().users_only(),
                  .summary = "Delete the caller's own account: its tokens are dead at once, its data goes after that",
                  .status = 202,
                  .problems = {last_admin}},
                 [copies](Tx& tx, const Caller& caller, const Request<>&) {
                   return request_deletion(tx, caller, caller.id(), copies);
                 });

  routes.command({.method = "DELETE",
                  .path = "/api/users/{id}",
                  .policy = Policy::roles({Role::admin}),
                  .summary = "Delete an account; asked again, the saga that does it",
                  .status = 202,
                  .problems = {problems::not_found, last_admin, problems::user_deleted}},
                 [copies](Tx& tx, const Caller& caller, const Request<DeletionPath>& request) {
                   return request_deletion(tx, caller, request.path.id, copies);
                 });
}

}  // namespace guerdon::auth
