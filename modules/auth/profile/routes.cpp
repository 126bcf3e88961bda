// The HTTP routes that change one's own account. Declarations only.
#include "routes.hpp"

#include "guerdon/codec/decoded.hpp"
#include "guerdon/routes.hpp"
#include "own_account.hpp"

namespace guerdon::auth {

using UpdateCall = Request<None, None, Decoded<UpdateInfoRequest>>;

void declare_profile_routes(Router& routes, const OwnAccount& account) {
  routes.command(
      {.method = "PUT",
       .path = "/api/auth/info",
       .policy = Policy::any_account().users_only(),
       .summary = "Change the caller's own account; access tokens die, with a new password the session ends",
       .problems = {wrong_password, email_taken, too_many_attempts}},
      [&](Snapshot& snapshot, const Caller& caller, const UpdateCall& request) {
        return account.prepare_change(snapshot, caller, request.body);
      },
      [&](Tx& tx, const Caller& caller, const UpdateCall&, const AccountChange& change) {
        return account.change(tx, caller, change);
      });
}

}  // namespace guerdon::auth
