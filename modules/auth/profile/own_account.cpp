// An address that is the account's already is no change, so that a form can be sent back as it was filled in.
#include "own_account.hpp"

#include <algorithm>

#include "auth/messages.hpp"
#include "guerdon/audit.hpp"
#include "guerdon/bus.hpp"

namespace guerdon::auth {
namespace {

Tried tried_by(const Caller& caller) { return {.user = caller.id(), .name = {}, .in_session = true}; }

Error gone() { return {problems::token_revoked, "The account was changed meanwhile: log in again."}; }

bool has_fault_at(const std::vector<Fault>& faults, std::string_view where) {
  return std::ranges::any_of(faults, [&](const Fault& fault) { return fault.where == where; });
}

std::vector<AccountField> fields_of(const AccountUpdate& update) {
  std::vector<AccountField> fields;
  if (update.email) fields.push_back(AccountField::email);
  if (update.profile) fields.push_back(AccountField::profile);
  if (update.password_hash) fields.push_back(AccountField::password);
  return fields;
}

std::string_view action_of(AccountField field) {
  switch (field) {
    case AccountField::email:
      return "account.email-changed";
    case AccountField::profile:
      return "account.profile-changed";
    case AccountField::password:
      break;
  }
  return "account.password-changed";
}

void find_faults(std::vector<Fault>& faults, const AuthConfig& config, const AccountRow& account,
                 const UpdateInfoRequest& body, bool needs_password) {
  if (needs_password && !body.current_password && !has_fault_at(faults, "/currentPassword"))
    faults.push_back({.where = "/currentPassword",
                      .code = "required",
                      .detail = "is required for a new password or e-mail address"});
  if (body.password && !body.password->reveal().empty()) {
    const std::string_view email = body.email && !body.email->empty() ? std::string_view{*body.email} : account.email;
    auto found =
        password_faults(password_policy(config), body.password->reveal(),
                        {.username = account.username, .email = email, .roles = RoleSet::from_bits(account.roles)});
    faults.insert(faults.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
  if (faults.empty() && !body.email && !body.profile && !body.password)
    faults.push_back({.where = "", .code = "required", .detail = "name what is to be changed"});
}

}  // namespace

Result<AccountChange> OwnAccount::prepare_change(Snapshot& snapshot, const Caller& caller,
                                                 const Decoded<UpdateInfoRequest>& request) const {
  const auto& [body, decoding_faults] = request;
  const auto account = find_user(snapshot, caller.id());
  const auto password = find_password(snapshot, caller.id());
  if (!account || !password) return gone();
  const bool is_new_email = body.email && body.email->value() != account->email;
  const bool needs_password = is_new_email || body.password;
  auto faults = decoding_faults;
  find_faults(faults, config_, *account, body, needs_password);
  if (!faults.empty()) return Error{std::move(faults)};

  AccountChange change;
  if (body.profile) change.update.profile = body.profile->value;
  if (!needs_password) return change;
  if (auto open = throttle_.check(snapshot, caller, tried_by(caller)); !open) return open.error();
  change.was_checked = true;
  change.right = verify_(password->password_hash, body.current_password->reveal());
  if (!change.right) return change;
  change.update.password_version = password->password_version;
  if (is_new_email) {
    change.update.email = body.email->value();
    change.update.email_key = name_key(*body.email);
  }
  if (body.password) {
    PasswordSalt salt;
    random_.fill(salt);
    change.update.password_hash = hash_password(password_cost(config_), body.password->reveal(), salt);
  }
  return change;
}

Result<BasicResponse> OwnAccount::change(Tx& tx, const Caller& caller, const AccountChange& change) const {
  if (!change.right) {
    const auto counted = throttle_.note_failure(tx, caller, tried_by(caller));
    if (!counted) return counted.error();
    return Error{wrong_password, "The current password is wrong."}.keeping_effects();
  }
  const auto& update = change.update;
  const auto fields = fields_of(update);
  if (fields.empty()) return BasicResponse{.result = Outcome::ok};
  const auto user = caller.id();
  // Whether the password was right is not told by any answer while the lock is on.
  if (change.was_checked)
    if (auto open = throttle_.check(tx, caller, tried_by(caller)); !open) return open.error();
  switch (update_account(tx, user, update)) {
    case UpdateOutcome::done:
      break;
    case UpdateOutcome::address_taken:
      return Error{email_taken, "The e-mail address is taken."};
    case UpdateOutcome::not_active:
      return gone();
  }
  if (change.was_checked)
    if (auto open = throttle_.note_success(tx, caller, tried_by(caller)); !open) return open.error();
  if (update.password_hash) end_session(tx, user);
  copies_.remove(tx, user);
  UserUpdated updated{.user_id = user, .changed = fields, .email = {}, .updated_at = tx.now()};
  if (update.email) updated.email.emplace(*update.email);
  publish(tx, updated);
  for (const auto field : fields)
    record_audit(tx, caller, {.action = action_of(field), .subject = user.to_string(), .details = {}});
  return BasicResponse{.result = Outcome::ok};
}

}  // namespace guerdon::auth
