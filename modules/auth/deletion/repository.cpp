// Statements on auth_users and auth_platforms. Each names the deletion: what another one has hidden is not touched.
#include "repository.hpp"

namespace guerdon::auth {

std::optional<LeavingRow> lock_leaving(Tx& tx, UserId user) {
  constexpr Sql sql{"SELECT status, deleted_by FROM auth_users WHERE id = $1",
                    "SELECT status, deleted_by FROM auth_users WHERE id = $1 FOR UPDATE"};
  return tx.find<LeavingRow>(sql, user);
}

void mark_deleting(Tx& tx, UserId user, DeletionId deletion) {
  constexpr Sql sql =
      "UPDATE auth_users SET status_before = status, status = 'DELETING', version = version + 1, deleted_by = $2,"
      " updated_at = $3 WHERE id = $1";
  tx.exec(sql, user, deletion, tx.now());
}

std::optional<AccountStatus> unmark_leaving(Tx& tx, UserId user, DeletionId deletion) {
  constexpr Sql sql =
      "UPDATE auth_users SET status = coalesce(status_before, 'ACTIVE'), status_before = NULL, version = version + 1,"
      " deleted_by = NULL, deleted_at = NULL, updated_at = $3 WHERE id = $1 AND deleted_by = $2 RETURNING status";
  return tx.find<AccountStatus>(sql, user, deletion, tx.now());
}

bool mark_deleted(Tx& tx, UserId user, DeletionId deletion) {
  constexpr Sql sql =
      "UPDATE auth_users SET status = 'DELETED', deleted_at = $3, updated_at = $3"
      " WHERE id = $1 AND deleted_by = $2 AND status = 'DELETING'";
  return tx.exec(sql, user, deletion, tx.now()) == 1;
}

bool unmark_deleted(Tx& tx, UserId user, DeletionId deletion) {
  constexpr Sql sql =
      "UPDATE auth_users SET status = 'DELETING', deleted_at = NULL, updated_at = $3"
      " WHERE id = $1 AND deleted_by = $2 AND status = 'DELETED'";
  return tx.exec(sql, user, deletion, tx.now()) == 1;
}

std::int64_t hide_platforms(Tx& tx, UserId user, DeletionId deletion) {
  constexpr Sql sql = "UPDATE auth_platforms SET deleted_by = $2 WHERE user_id = $1 AND deleted_by IS NULL";
  return tx.exec(sql, user, deletion);
}

std::int64_t show_platforms(Tx& tx, UserId user, DeletionId deletion) {
  constexpr Sql sql = "UPDATE auth_platforms SET deleted_by = NULL WHERE user_id = $1 AND deleted_by = $2";
  return tx.exec(sql, user, deletion);
}

}  // namespace guerdon::auth
