// The HTTP routes of the administration of accounts. Declarations only.
#include "routes.hpp"

#include "administration.hpp"
#include "auth/ports.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::auth {
namespace {

using CreateCall = Request<None, None, Decoded<CreateAccountRequest>>;
using UpdateCall = Request<UserPath, None, UpdateAccountRequest>;
using StatusCall = Request<UserPath, None, StatusRequest>;
using SetPasswordCall = Request<None, None, SetPasswordRequest>;

constexpr Policy admins = Policy::roles({Role::admin});

void declare_lookups(Router& routes, const Directory& directory) {
  routes.query({.method = "GET",
                .path = "/api/auth/duplicate/{username}",
                .policy = Policy::anyone(),
                .summary = "Is the name taken or reserved?",
                .budget = Budget::name_check},
               [&](Snapshot& snapshot, const Caller&, const Request<UsernamePath>& request) {
                 return directory.check_name(snapshot, request.path.username);
               });
  routes.query({.method = "GET",
                .path = "/api/auth/all-users",
                .policy = Policy::roles({Role::operator_, Role::auditor, Role::admin}),
                .summary = "Accounts, newest first; addresses in clear, profiles and invite codes for an ADMIN only"},
               [&](Snapshot& snapshot, const Caller& caller, const Request<None, AccountListQuery>& request) {
                 return directory.list_accounts(snapshot, caller, request.query);
               });
  routes.query({.method = "GET",
                .path = "/api/users/{id}",
                .policy = Policy::any_account(),
                .summary = "An account: one's own, or for staff anybody's",
                .problems = {problems::not_found},
                .etag = true},
               [&](Snapshot& snapshot, const Caller& caller, const Request<UserPath>& request) {
                 return directory.get_account(snapshot, caller, request.path.id);
               });
}

void declare_changes(Router& routes, const Administration& administration) {
  routes.command(
      {.method = "POST",
       .path = "/api/users",
       .policy = admins,
       .summary = "Make an account; without a password a token to set one is answered, once, and to no repeat",
       .status = 201,
       .problems = {username_taken, email_taken}},
      [&](Snapshot& snapshot, const Caller&, const CreateCall& request) {
        return administration.prepare_account(snapshot, request.body);
      },
      [&](Tx& tx, const Caller& caller, const CreateCall& request, const NewAccount& account) {
        return administration.add_account(tx, caller, account, request.body.value.password.has_value());
      });
  routes.command({.method = "PUT",
                  .path = "/api/users/{id}",
                  .policy = admins,
                  .summary = "Change another's e-mail address or profile",
                  .problems = {own_details, problems::not_found, problems::user_deleted, email_taken}},
                 [&](Tx& tx, const Caller& caller, const UpdateCall& request) {
                   return administration.update(tx, caller, request.path.id, request.body);
                 });
  routes.command({.method = "PUT",
                  .path = "/api/users/{id}/status",
                  .policy = admins,
                  .summary = "Suspend an account, or let it in again; ends its session",
                  .problems = {own_status, problems::not_found, problems::user_deleted, last_admin}},
                 [&](Tx& tx, const Caller& caller, const StatusCall& request) {
                   return administration.change_status(tx, caller, request.path.id, request.body);
                 });
}

void declare_roles(Router& routes, const Administration& administration) {
  routes.command({.method = "PUT",
                  .path = "/api/auth/roles",
                  .policy = admins,
                  .summary = "Give an account other roles; ends its session",
                  .status = 202,
                  .problems = {own_roles, problems::not_found, problems::user_deleted, last_admin}},
                 [&](Tx& tx, const Caller& caller, const Request<None, None, UserRolesRequest>& request) {
                   return administration.change_roles(tx, caller, request.body.user_id, request.body.roles.roles);
                 });
  routes.command({.method = "PUT",
                  .path = "/api/users/{id}/roles",
                  .policy = admins,
                  .summary = "Give an account other roles; ends its session",
                  .status = 202,
                  .problems = {own_roles, problems::not_found, problems::user_deleted, last_admin}},
                 [&](Tx& tx, const Caller& caller, const Request<UserPath, None, RolesRequest>& request) {
                   return administration.change_roles(tx, caller, request.path.id, request.body.roles.roles);
                 });
}

void declare_resets(Router& routes, const PasswordResets& resets) {
  routes.command({.method = "POST",
                  .path = "/api/users/{id}/password-reset",
                  .policy = admins,
                  .summary = "A token to set another's password, shown once, good for an hour; a repeat makes another",
                  .status = 201,
                  .problems = {own_password, problems::not_found, problems::user_deleted}},
                 [&](Tx& tx, const Caller& caller, const Request<UserPath>& request) -> Result<Reply<ResetTicket>> {
                   auto ticket = resets.start(tx, caller, request.path.id);
                   if (!ticket) return ticket.error();
                   return Reply<ResetTicket>{.body = *std::move(ticket), .kept = false};
                 });
  routes.command(
      {.method = "POST",
       .path = "/api/auth/password",
       .policy = Policy::anyone(),
       .summary = "Set a password by a reset token; ends the session",
       .problems = {reset_token_invalid}},
      [&](Snapshot& snapshot, const Caller&, const SetPasswordCall& request) {
        return resets.prepare(snapshot, request.body);
      },
      [&](Tx& tx, const Caller& caller, const SetPasswordCall&, const PreparedPassword& prepared) {
        return resets.set_password(tx, caller, prepared);
      });
}

}  // namespace

void declare_account_routes(Router& routes, const Directory& directory, const Administration& administration,
                            const PasswordResets& resets) {
  declare_lookups(routes, directory);
  declare_changes(routes, administration);
  declare_roles(routes, administration);
  declare_resets(routes, resets);
}

}  // namespace guerdon::auth
