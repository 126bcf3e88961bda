// What other modules ask.
#include "auth/ports.hpp"

#include "model.hpp"
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

bool has_admin(Snapshot& snapshot) { return find_holder_of(snapshot, Role::admin).has_value(); }

}  // namespace guerdon::auth
