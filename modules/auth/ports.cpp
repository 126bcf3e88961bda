// What other modules ask.
#include "auth/ports.hpp"

#include "repository.hpp"

namespace guerdon::auth {

bool is_active(Snapshot& snapshot, UserId user) {
  const auto row = find_state(snapshot, user);
  return row && row->status == AccountStatus::active;
}

bool takes_part(Snapshot& snapshot, UserId user) {
  const auto row = find_state(snapshot, user);
  return row && row->status == AccountStatus::active && RoleSet::from_bits(row->roles).has(Role::user);
}

std::optional<UserId> find_inviter(Snapshot& snapshot, UserId invitee) { return find_invited_by(snapshot, invitee); }

bool has_admin(Snapshot& snapshot) { return find_holder_of(snapshot, Role::admin).has_value(); }

}  // namespace guerdon::auth
