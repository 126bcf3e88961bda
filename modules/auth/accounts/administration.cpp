// The question about the last ADMIN comes before every other lock, as last_admin.hpp asks for; the audit comes last.
#include "administration.hpp"

#include "../accounts.hpp"
#include "auth/messages.hpp"
#include "guerdon/audit.hpp"
#include "guerdon/bus.hpp"
#include "last_admin.hpp"

namespace guerdon::auth {
namespace {

/// Errors: not-found, user-deleted.
Result<FullAccountRow> lock_for_change(Tx& tx, UserId id) {
  auto row = lock_account(tx, id);
  if (!row) return Error{problems::not_found, "There is no such account."};
  if (is_leaving(row->status)) return Error{problems::user_deleted, "The account is being deleted, or is."};
  return *std::move(row);
}

Error refuse_last_admin() { return {last_admin, "This is the last ADMIN: make another one first."}; }

constexpr AccountStatus status_of(SettableStatus status) {
  return status == SettableStatus::active ? AccountStatus::active : AccountStatus::suspended;
}

}  // namespace

Result<NewAccount> Administration::prepare_account(Snapshot& snapshot,
                                                   const Decoded<CreateAccountRequest>& request) const {
  const auto& [body, decoding_faults] = request;
  auto faults = decoding_faults;
  AccountInput input{.username = body.username.value(),
                     .email = body.email.value(),
                     .password = std::nullopt,
                     .roles = body.roles.roles};
  if (body.password) input.password.emplace(body.password->reveal().value());
  if (input.password && !input.password->reveal().empty()) {
    auto found = password_faults(password_policy(config_), input.password->reveal(),
                                 {.username = input.username, .email = input.email, .roles = input.roles});
    faults.insert(faults.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
  if (!faults.empty()) return Error{std::move(faults)};
  if (username_exists(snapshot, name_key(input.username))) return Error{username_taken, "The username is taken."};
  if (email_exists(snapshot, name_key(input.email))) return Error{email_taken, "The e-mail address is taken."};
  auto account = auth::prepare_account(config_, random_, input);
  if (account && body.profile) account->profile = body.profile->value;
  return account;
}

Result<Reply<CreatedAccount>> Administration::add_account(Tx& tx, const Caller& caller, const NewAccount& account,
                                                          bool has_password) const {
  const auto id = auth::add_account(tx, account);
  if (!id) return id.error();
  const auto row = find_user(tx, *id);
  Reply<CreatedAccount> reply{.body = {account_of(row.value()), {}}};
  if (!has_password) {
    reply.body.reset_token.emplace(resets_.issue(tx, caller, *id).reset_token);
    reply.kept = false;
  }
  record_creation(tx, caller, *id, account.roles);
  return reply;
}

Result<AccountView> Administration::update(Tx& tx, const Caller& caller, UserId id,
                                           const UpdateAccountRequest& request) const {
  // With a stolen token it would be a way around the password.
  if (caller.user == id) return Error{own_details, "Change your own account by PUT /api/auth/info."};
  const auto row = lock_for_change(tx, id);
  if (!row) return row.error();
  UserUpdated updated{.user_id = id, .changed = {}, .email = {}, .updated_at = tx.now()};
  json::array changed;
  if (request.email && request.email->value() != row->email) {
    updated.changed.push_back(AccountField::email);
    updated.email.emplace(request.email->value());
  }
  if (request.profile && request.profile->value != row->profile) updated.changed.push_back(AccountField::profile);
  if (updated.changed.empty()) return view_for(caller, *row);

  if (!save_details(tx, id, updated.email.value_or(row->email),
                    request.profile ? request.profile->value : row->profile))
    return Error{email_taken, "The e-mail address is taken."};
  copies_.remove(tx, id);
  publish(tx, updated);
  for (const auto field : updated.changed) changed.emplace_back(wire_name(field));
  record_audit(tx, caller, {"account.updated", id.to_string(), {{"changed", std::move(changed)}}});
  return view_for(caller, find_account(tx, id).value());
}

Result<BasicResponse> Administration::change_roles(Tx& tx, const Caller& caller, UserId id, RoleSet roles) const {
  if (caller.user == id) return Error{own_roles, "Nobody changes their own roles."};
  if (!roles.has(Role::admin) && is_last_admin(tx, id)) return refuse_last_admin();
  const auto row = lock_for_change(tx, id);
  if (!row) return row.error();
  const auto before = RoleSet::from_bits(row->roles);
  if (before == roles) return BasicResponse{Outcome::accepted};

  save_roles(tx, id, roles);
  end_session(tx, id);
  copies_.remove(tx, id);
  publish(tx, UserRolesChanged{.user_id = id,
                               .from = before.list(),
                               .to = roles.list(),
                               .changed_by = caller.actor(),
                               .changed_at = tx.now()});
  record_audit(tx, caller,
               {"account.roles-changed", id.to_string(), {{"from", wire_roles(before)}, {"to", wire_roles(roles)}}});
  return BasicResponse{Outcome::accepted};
}

Result<AccountView> Administration::change_status(Tx& tx, const Caller& caller, UserId id,
                                                  const StatusRequest& request) const {
  if (caller.user == id) return Error{own_status, "Nobody changes their own status."};
  const auto status = status_of(request.status);
  if (status == AccountStatus::suspended && is_last_admin(tx, id)) return refuse_last_admin();
  const auto row = lock_for_change(tx, id);
  if (!row) return row.error();
  if (row->status == status) return view_for(caller, *row);

  const auto reason = request.reason ? std::optional{request.reason->value()} : std::nullopt;
  save_status(tx, id, status, reason);
  end_session(tx, id);
  copies_.remove(tx, id);
  publish(tx,
          UserStatusChanged{
              .user_id = id, .from = row->status, .to = status, .changed_by = caller.actor(), .changed_at = tx.now()});
  // The reason is an administrator's free text, which may speak of a person: the chain could never forget it.
  record_audit(tx, caller,
               {"account.status-changed",
                id.to_string(),
                {{"from", wire_name(row->status)}, {"to", wire_name(status)}, {"hasReason", reason.has_value()}}});
  return view_for(caller, find_account(tx, id).value());
}

}  // namespace guerdon::auth
