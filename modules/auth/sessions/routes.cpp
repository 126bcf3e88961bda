// The HTTP routes of sessions. Declarations only.
#include "routes.hpp"

#include "guerdon/routes.hpp"
#include "sessions.hpp"
#include "verify.hpp"

namespace guerdon::auth {

void declare_session_routes(Router& routes, const Sessions& sessions) {
  routes.command({.method = "POST",
                  .path = "/api/auth/refresh",
                  .policy = Policy::anyone(),
                  .summary = "New tokens for a refresh token, in the body or as Bearer, which is spent",
                  .problems = {problems::unauthenticated, problems::token_expired, problems::token_revoked,
                               problems::rate_limited},
                  .idempotent = false},
                 [&](Tx& tx, const Caller& caller, const Request<None, None, RefreshRequest>& request) {
                   return sessions.refresh(tx, caller, request.body);
                 });

  routes.command({.method = "POST",
                  .path = "/api/auth/logout",
                  .policy = Policy::any_account().users_only(),
                  .summary = "End the session: its tokens are dead at once",
                  .idempotent = false},
                 [&](Tx& tx, const Caller& caller, const Request<>&) { return sessions.log_out(tx, caller); });

  routes.query(
      {.method = "GET",
       .path = "/api/auth/verify",
       .policy = Policy::any_account(),
       .summary = "Who is it? For a reverse proxy: the answer is in X-User-Id, X-User-Name, X-User-Roles"},
      [](Snapshot& snapshot, const Caller& caller, const Request<>&) { return verify_caller(snapshot, caller); });
}

}  // namespace guerdon::auth
