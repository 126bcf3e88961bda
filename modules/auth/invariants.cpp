// I35 holds by the primary key of auth_sessions; what remains to be asked is whether the rows agree with each other.
#include "auth/module.hpp"
#include "guerdon/ids.hpp"
#include "names.hpp"

namespace guerdon::auth {
namespace {

std::vector<std::string> name_each(const std::vector<UserId>& users) {
  std::vector<std::string> lines;
  for (const auto& user : users) lines.push_back(user.to_string());
  return lines;
}

std::vector<std::string> sessions_of_inactive_users(Snapshot& snapshot) {
  constexpr Sql sql =
      "SELECT s.user_id FROM auth_sessions s JOIN auth_users u ON u.id = s.user_id"
      " WHERE u.status <> 'ACTIVE' LIMIT 100";
  return name_each(snapshot.list<UserId>(sql));
}

std::vector<std::string> wrong_keys(Snapshot& snapshot) {
  constexpr Sql sql = "SELECT id, username, username_key, email, email_key FROM auth_users";
  std::vector<UserId> wrong;
  snapshot.visit(sql, [&](const Row& row) {
    if (wrong.size() < 100 && (name_key(row.text(1)) != row.text(2) || name_key(row.text(3)) != row.text(4)))
      wrong.emplace_back(row.uuid(0));
  });
  return name_each(wrong);
}

std::vector<std::string> invited_by_themselves(Snapshot& snapshot) {
  constexpr Sql sql = "SELECT id FROM auth_users WHERE invited_by = id LIMIT 100";
  return name_each(snapshot.list<UserId>(sql));
}

std::vector<std::string> half_deleted(Snapshot& snapshot) {
  constexpr Sql sql =
      "SELECT id FROM auth_users WHERE (status IN ('DELETING', 'DELETED')) <> (deleted_by IS NOT NULL)"
      " OR (status = 'DELETED') <> (deleted_at IS NOT NULL) LIMIT 100";
  return name_each(snapshot.list<UserId>(sql));
}

}  // namespace

std::vector<Invariant> invariants() {
  return {{.name = "I35", .rule = "Only an active user has a session.", .violations = sessions_of_inactive_users},
          {.name = "auth.keys", .rule = "What makes a name unique is the name without case.", .violations = wrong_keys},
          {.name = "auth.inviter", .rule = "Nobody is their own inviter.", .violations = invited_by_themselves},
          {.name = "auth.deletion",
           .rule = "An account that is going or gone names its deletion, and only a gone one its time.",
           .violations = half_deleted}};
}

}  // namespace guerdon::auth
