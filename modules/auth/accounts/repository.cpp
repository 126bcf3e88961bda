// Statements of administration. Lists walk an index downwards from the cursor and stop at their limit: the primary key,
// or for the few staff and inactive accounts an index of their own.
#include "repository.hpp"

#include "../names.hpp"

namespace guerdon::auth {
namespace {

/// Above every id.
constexpr Uuid last_uuid = [] {
  Uuid uuid;
  for (auto& byte : uuid.bytes) byte = 0xFF;
  return uuid;
}();

constexpr RoleSet listed_apart = staff;
static_assert(listed_apart.bits() == 14, "the statement below and its index name the bits");

std::vector<FullAccountRow> page(Snapshot& snapshot, Sql sql, const AccountFilter& f, std::optional<Uuid> before,
                                 std::int64_t limit) {
  const auto roles = f.role ? std::optional{RoleSet{*f.role}.bits()} : std::nullopt;
  return snapshot.list<FullAccountRow>(sql, before.value_or(last_uuid), f.with_leaving, f.status, roles, f.name_like,
                                       f.like_emails, limit);
}

}  // namespace

std::optional<FullAccountRow> find_account(Snapshot& snapshot, UserId id) {
  constexpr Sql sql =
      "SELECT id, username, email, roles, status, version, profile, invite_code, created_at, status_reason, deleted_at"
      " FROM auth_users WHERE id = $1";
  return snapshot.find<FullAccountRow>(sql, id);
}

std::optional<FullAccountRow> lock_account(Tx& tx, UserId id) {
  constexpr Sql sql{
      "SELECT id, username, email, roles, status, version, profile, invite_code, created_at, status_reason, deleted_at"
      " FROM auth_users WHERE id = $1",
      "SELECT id, username, email, roles, status, version, profile, invite_code, created_at, status_reason, deleted_at"
      " FROM auth_users WHERE id = $1 FOR UPDATE"};
  return tx.find<FullAccountRow>(sql, id);
}

std::vector<FullAccountRow> page_accounts(Snapshot& snapshot, const AccountFilter& filter, std::optional<Uuid> before,
                                          std::int64_t limit) {
  constexpr Sql all =
      "SELECT id, username, email, roles, status, version, profile, invite_code, created_at, status_reason, deleted_at"
      " FROM auth_users WHERE id < $1 AND ($2 OR status IN ('ACTIVE', 'SUSPENDED'))"
      " AND ($3 IS NULL OR status = $3) AND ($4 IS NULL OR (roles & $4) <> 0)"
      " AND ($5 IS NULL OR username_key LIKE $5 ESCAPE '\\' OR ($6 AND email_key LIKE $5 ESCAPE '\\'))"
      " ORDER BY id DESC LIMIT $7";
  constexpr Sql of_staff =
      "SELECT id, username, email, roles, status, version, profile, invite_code, created_at, status_reason, deleted_at"
      " FROM auth_users WHERE (roles & 14) <> 0 AND id < $1 AND ($2 OR status IN ('ACTIVE', 'SUSPENDED'))"
      " AND ($3 IS NULL OR status = $3) AND (roles & $4) <> 0"
      " AND ($5 IS NULL OR username_key LIKE $5 ESCAPE '\\' OR ($6 AND email_key LIKE $5 ESCAPE '\\'))"
      " ORDER BY id DESC LIMIT $7";
  constexpr Sql inactive =
      "SELECT id, username, email, roles, status, version, profile, invite_code, created_at, status_reason, deleted_at"
      " FROM auth_users WHERE status <> 'ACTIVE' AND status = $3 AND id < $1"
      " AND ($2 OR status IN ('ACTIVE', 'SUSPENDED')) AND ($4 IS NULL OR (roles & $4) <> 0)"
      " AND ($5 IS NULL OR username_key LIKE $5 ESCAPE '\\' OR ($6 AND email_key LIKE $5 ESCAPE '\\'))"
      " ORDER BY id DESC LIMIT $7";
  if (filter.role && listed_apart.has(*filter.role)) return page(snapshot, of_staff, filter, before, limit);
  if (filter.status && *filter.status != AccountStatus::active) return page(snapshot, inactive, filter, before, limit);
  return page(snapshot, all, filter, before, limit);
}

void save_roles(Tx& tx, UserId id, RoleSet roles) {
  constexpr Sql sql = "UPDATE auth_users SET roles = $2, version = version + 1, updated_at = $3 WHERE id = $1";
  tx.exec(sql, id, roles.bits(), tx.now());
}

void save_status(Tx& tx, UserId id, AccountStatus status, const std::optional<std::string>& reason) {
  constexpr Sql sql =
      "UPDATE auth_users SET status = $2, status_reason = $3, version = version + 1, updated_at = $4 WHERE id = $1";
  tx.exec(sql, id, status, reason, tx.now());
}

bool save_details(Tx& tx, UserId id, std::string_view email, const json::object& profile) {
  constexpr Sql other = "SELECT id FROM auth_users WHERE email_key = $1 AND id <> $2";
  constexpr Sql sql =
      "UPDATE auth_users SET email = $2, email_key = $3, profile = $4, version = version + 1, updated_at = $5"
      " WHERE id = $1";
  const auto key = name_key(email);
  if (tx.find<UserId>(other, key, id)) return false;
  // An UPDATE has no ON CONFLICT: where another takes the address at this very moment, its unique key tells.
  try {
    return tx.savepoint([&]() -> Result<bool> { return tx.exec(sql, id, email, key, profile, tx.now()) == 1; }).value();
  } catch (const StoreError& error) {
    if (error.kind() == StoreError::Kind::constraint) return false;
    throw;
  }
}

void replace_reset(Tx& tx, UserId user, const Bytes& token_hash, const ActorId& issued_by, Instant expires_at) {
  constexpr Sql sql =
      "INSERT INTO auth_password_resets (user_id, token_hash, password_version, issued_by, created_at, expires_at)"
      " SELECT id, $2, password_version, $3, $4, $5 FROM auth_users WHERE id = $1"
      " ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash,"
      " password_version = excluded.password_version, issued_by = excluded.issued_by,"
      " created_at = excluded.created_at, expires_at = excluded.expires_at";
  tx.exec(sql, user, token_hash, issued_by, tx.now(), expires_at);
}

std::optional<ResetOwnerRow> find_reset_owner(Snapshot& snapshot, const Bytes& token_hash) {
  constexpr Sql sql =
      "SELECT u.id, u.username, u.email, u.roles FROM auth_password_resets r JOIN auth_users u ON u.id = r.user_id"
      " WHERE r.token_hash = $1 AND r.expires_at > $2 AND r.password_version = u.password_version"
      " AND u.status IN ('ACTIVE', 'SUSPENDED')";
  return snapshot.find<ResetOwnerRow>(sql, token_hash, snapshot.now());
}

std::optional<std::string> take_reset(Tx& tx, UserId user, const Bytes& token_hash) {
  constexpr Sql sql =
      "DELETE FROM auth_password_resets WHERE user_id = $1 AND token_hash = $2 AND expires_at > $3"
      " AND password_version = (SELECT password_version FROM auth_users WHERE id = $1) RETURNING issued_by";
  return tx.find<std::string>(sql, user, token_hash, tx.now());
}

void save_password(Tx& tx, UserId id, std::string_view password_hash) {
  constexpr Sql sql =
      "UPDATE auth_users SET password_hash = $2, password_version = password_version + 1, version = version + 1,"
      " updated_at = $3 WHERE id = $1";
  tx.exec(sql, id, password_hash, tx.now());
}

}  // namespace guerdon::auth
