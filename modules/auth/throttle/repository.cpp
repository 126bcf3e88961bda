// Statements on auth_throttle.
#include "repository.hpp"

#include <algorithm>

namespace guerdon::auth {
namespace {

Bytes bytes_of(const Digest& key) { return {std::string{as_text(key)}}; }

}  // namespace

std::optional<Instant> find_lock(Snapshot& snapshot, const Digest& key) {
  constexpr Sql sql = "SELECT locked_until FROM auth_throttle WHERE key = $1 AND locked_until > $2 AND forget_at > $2";
  return snapshot.find<Instant>(sql, bytes_of(key), snapshot.now());
}

std::optional<std::int64_t> count_failure(Tx& tx, const Digest& key, Instant after, Instant forget_at) {
  constexpr Sql sql =
      "INSERT INTO auth_throttle (key, failures, since, locked_until, forget_at) VALUES ($1, 1, $2, $2, $4)"
      " ON CONFLICT (key) DO UPDATE SET"
      " failures = CASE WHEN auth_throttle.since <= $3 OR auth_throttle.forget_at <= $2 THEN 1"
      " ELSE auth_throttle.failures + 1 END,"
      " since = CASE WHEN auth_throttle.since <= $3 OR auth_throttle.forget_at <= $2 THEN excluded.since"
      " ELSE auth_throttle.since END,"
      " forget_at = excluded.forget_at"
      " WHERE auth_throttle.locked_until <= $2 OR auth_throttle.forget_at <= $2"
      " RETURNING failures";
  return tx.find<std::int64_t>(sql, bytes_of(key), tx.now(), after, forget_at);
}

void lock_out(Tx& tx, const Digest& key, Instant until, Instant forget_at) {
  constexpr Sql sql = "UPDATE auth_throttle SET locked_until = $2, forget_at = $3 WHERE key = $1";
  tx.exec(sql, bytes_of(key), until, forget_at);
}

void forget_failures(Tx& tx, const Digest& key) {
  constexpr Sql sql = "DELETE FROM auth_throttle WHERE key = $1 AND (locked_until <= $2 OR forget_at <= $2)";
  tx.exec(sql, bytes_of(key), tx.now());
}

void remove_lock(Tx& tx, const Digest& key) {
  constexpr Sql sql = "DELETE FROM auth_throttle WHERE key = $1";
  tx.exec(sql, bytes_of(key));
}

std::int64_t prune_failures(Tx& tx, std::int64_t limit) {
  constexpr Sql sql =
      "DELETE FROM auth_throttle WHERE key IN"
      " (SELECT key FROM auth_throttle WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2)";
  return tx.exec(sql, tx.now(), limit);
}

std::int64_t trim_failures(Tx& tx, std::int64_t most, std::int64_t limit) {
  const auto too_many = tx.get<std::int64_t>("SELECT count(*) FROM auth_throttle") - most;
  if (too_many <= 0) return 0;
  constexpr Sql sql =
      "DELETE FROM auth_throttle WHERE key IN"
      " (SELECT key FROM auth_throttle WHERE locked_until <= $1 ORDER BY forget_at LIMIT $2)";
  return tx.exec(sql, tx.now(), std::min(too_many, limit));
}

}  // namespace guerdon::auth
