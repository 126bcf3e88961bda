// Rows are locked in the order of their ids, all of them by every caller: nobody waits in a circle. The embedded store
// has one writer and needs no locks.
#include "last_admin.hpp"

#include <algorithm>

#include "../model.hpp"
#include "../repository.hpp"

namespace guerdon::auth {
namespace {

constexpr RoleSet admin{Role::admin};
static_assert(admin.bits() == 8, "the statement below and its index name the bit");

struct AdminRow {
  UserId id;
  AccountStatus status{};
};
BOOST_DESCRIBE_STRUCT(AdminRow, (), (id, status))

std::vector<AdminRow> lock_admins(Tx& tx) {
  constexpr Sql sql{
      "SELECT id, status FROM auth_users WHERE (roles & 8) <> 0 AND status IN ('ACTIVE', 'SUSPENDED') ORDER BY id",
      "SELECT id, status FROM auth_users WHERE (roles & 8) <> 0 AND status IN ('ACTIVE', 'SUSPENDED') ORDER BY id"
      " FOR UPDATE"};
  return tx.list<AdminRow>(sql);
}

bool has_the_role(const std::optional<StateRow>& row) {
  return row && RoleSet::from_bits(row->roles).intersects(admin);
}

}  // namespace

bool is_last_admin(Tx& tx, UserId user) {
  // Looked at again under its lock, in case the role is being given right now.
  if (!has_the_role(find_state(tx, user)) && !has_the_role(lock_state(tx, user))) return false;
  const auto admins = lock_admins(tx);
  const auto is_user = [&](const AdminRow& row) { return row.id == user; };
  if (std::ranges::none_of(admins, is_user)) return false;
  return std::ranges::none_of(
      admins, [&](const AdminRow& row) { return !is_user(row) && row.status == AccountStatus::active; });
}

}  // namespace guerdon::auth
