// A hash is kept under a key of its own purpose, so that it can be compared with nothing else.
#include "tombstones.hpp"

#include <string>

#include "../names.hpp"

namespace guerdon::auth {
namespace {

constexpr std::string_view purpose = "guerdon tombstones 1";

std::string of_username(std::string_view username) { return "username " + name_key(username); }

std::string of_email(std::string_view email) { return "email " + mailbox_key(email); }

Bytes hash_of(const HmacKey& key, std::string_view what) { return {std::string{as_text(key.sign(what))}}; }

bool is_known(Snapshot& snapshot, const Bytes& hash) {
  constexpr Sql sql = "SELECT 1 FROM auth_tombstones WHERE hash = $1 AND expires_at > $2";
  return snapshot.find<std::int64_t>(sql, hash, snapshot.now()).has_value();
}

}  // namespace

Tombstones::Tombstones(const SigningSecrets& secrets) : key_(as_text(derive_key(secrets.current, purpose))) {
  if (!secrets.previous.empty()) previous_.emplace(as_text(derive_key(secrets.previous, purpose)));
}

void Tombstones::add(Tx& tx, std::string_view username, std::string_view email) const {
  constexpr Sql sql =
      "INSERT INTO auth_tombstones (hash, expires_at) VALUES ($1, $2)"
      " ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at";
  const auto expires_at = tx.now() + tombstones_kept;
  tx.exec(sql, hash_of(key_, of_username(username)), expires_at);
  tx.exec(sql, hash_of(key_, of_email(email)), expires_at);
}

Returned Tombstones::find(Snapshot& snapshot, std::string_view username, std::string_view email) const {
  const auto known = [&](std::string_view what) {
    return is_known(snapshot, hash_of(key_, what)) || (previous_ && is_known(snapshot, hash_of(*previous_, what)));
  };
  return {.username = known(of_username(username)), .email = known(of_email(email))};
}

std::int64_t prune_tombstones(Tx& tx, std::int64_t limit) {
  constexpr Sql sql =
      "DELETE FROM auth_tombstones WHERE hash IN"
      " (SELECT hash FROM auth_tombstones WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
  return tx.exec(sql, tx.now(), limit);
}

}  // namespace guerdon::auth
