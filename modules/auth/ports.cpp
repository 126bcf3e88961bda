// What other modules ask.
#include "auth/ports.hpp"

#include "keys/repository.hpp"
#include "model.hpp"
#include "names.hpp"
#include "repository.hpp"

namespace guerdon::auth {

bool is_active(Snapshot& snapshot, UserId user) {
  const auto row = find_state(snapshot, user);
  return row && row->status == AccountStatus::active;
}

std::optional<AccountStatus> find_status(Tx& tx, UserId user) {
  const auto row = hold_state(tx, user);
  if (!row) return std::nullopt;
  return row->status;
}

bool takes_part(Tx& tx, UserId user) {
  const auto row = hold_state(tx, user);
  return row && row->status == AccountStatus::active && RoleSet::from_bits(row->roles).has(Role::user);
}

Result<void> check_present(Tx& tx, UserId user) {
  const auto row = hold_state(tx, user);
  if (!row) return Error{problems::not_found, "there is no such user"};
  if (is_leaving(row->status)) return Error{problems::user_deleted, "The account is gone, or about to be."};
  return {};
}

std::optional<Uuid> find_deletion(Snapshot& snapshot, UserId user) { return find_deleted_by(snapshot, user); }

std::optional<UserId> find_inviter(Snapshot& snapshot, UserId invitee) { return find_invited_by(snapshot, invitee); }

Result<UserId> find_subject(Snapshot& snapshot, const Caller& caller, std::optional<UserId> asked) {
  const auto subject = subject_of(caller, asked);
  if (!subject || caller.user == *subject || find_state(snapshot, *subject)) return subject;
  return Error{problems::not_found, "there is no such user"};
}

bool is_same_person(Snapshot& snapshot, UserId a, UserId b) {
  const auto address = [&](UserId user) {
    constexpr Sql sql = "SELECT email_key FROM auth_users WHERE id = $1";
    return mailbox_key(snapshot.find<std::string>(sql, user).value_or(std::string{}));
  };
  const auto first = address(a);
  return !first.empty() && first == address(b);
}

std::optional<UserId> find_key_maker(Snapshot& snapshot, KeyId key) { return find_created_by(snapshot, key); }

bool has_admin(Snapshot& snapshot) { return find_holder_of(snapshot, Role::admin).has_value(); }

}  // namespace guerdon::auth
