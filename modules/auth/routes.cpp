// The HTTP routes of auth. Declarations only.
#include "routes.hpp"

#include "accounts.hpp"
#include "guerdon/routes.hpp"
#include "login.hpp"

namespace guerdon::auth {

using RegisterCall = Request<None, None, Decoded<RegisterRequest>>;
using LoginCall = Request<None, None, LoginRequest>;

void declare_routes(Router& routes, const Accounts& accounts, const Login& login) {
  routes.command(
      {.method = "POST",
       .path = "/api/auth/register",
       .policy = Policy::anyone(),
       .summary = "Make an account",
       .status = 201,
       .problems = {username_taken, email_taken, invite_code_unknown},
       .budget = Budget::registration},
      [&](Snapshot& snapshot, const Caller&, const RegisterCall& request) {
        return accounts.prepare_registration(snapshot, request.body);
      },
      [&](Tx& tx, const Caller& caller, const RegisterCall&, const NewAccount& account) {
        return accounts.add_registered(tx, caller, account);
      });

  routes.command(
      {.method = "POST",
       .path = "/api/auth/login",
       .policy = Policy::anyone(),
       .summary = "Log in; ends the session before this one",
       .problems = {bad_credentials, account_suspended, too_many_attempts},
       .idempotent = false},
      [&](Snapshot& snapshot, const Caller& caller, const LoginCall& request) {
        return login.check_password(snapshot, caller, request.body);
      },
      [&](Tx& tx, const Caller& caller, const LoginCall& request, const PasswordCheck& check) {
        return login.log_in(tx, caller, request.body, check);
      });

  routes.query({.method = "GET",
                .path = "/api/auth/info",
                .policy = Policy::any_account().users_only(),
                .summary = "The caller's own account",
                .problems = {problems::not_found},
                .etag = true},
               [&](Snapshot& snapshot, const Caller& caller, const Request<>&) {
                 return accounts.get_account(snapshot, caller.id());
               });
}

}  // namespace guerdon::auth
