// Statements on auth_keys.
#include "repository.hpp"

namespace guerdon::auth {

void add_key(Tx& tx, const KeyRow& key, const Bytes& secret_digest) {
  constexpr Sql sql =
      "INSERT INTO auth_keys (id, name, roles, secret_digest, expires_at, created_by, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)";
  tx.exec(sql, key.id, key.name, key.roles, secret_digest, key.expires_at, key.created_by, key.created_at);
}

std::vector<KeyRow> page_keys(Snapshot& snapshot, bool with_revoked, std::optional<Uuid> before, std::int64_t limit) {
  constexpr Sql sql =
      "SELECT id, name, roles, expires_at, created_by, created_at, revoked_at FROM auth_keys"
      " WHERE ($1 OR revoked_at IS NULL) AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3";
  return snapshot.list<KeyRow>(sql, with_revoked, before, limit);
}

bool mark_revoked(Tx& tx, KeyId id, UserId by) {
  constexpr Sql sql = "UPDATE auth_keys SET revoked_at = $2, revoked_by = $3 WHERE id = $1 AND revoked_at IS NULL";
  return tx.exec(sql, id, tx.now(), by) == 1;
}

std::optional<UserId> find_created_by(Snapshot& snapshot, KeyId id) {
  return snapshot.find<UserId>("SELECT created_by FROM auth_keys WHERE id = $1", id);
}

std::optional<KeyStandingRow> find_key_standing(Snapshot& snapshot, KeyId id) {
  constexpr Sql sql = "SELECT secret_digest, roles, expires_at, revoked_at FROM auth_keys WHERE id = $1";
  return snapshot.find<KeyStandingRow>(sql, id);
}

}  // namespace guerdon::auth
