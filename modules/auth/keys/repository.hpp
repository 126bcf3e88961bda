// The rows of service keys. SQL only; no decisions.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/ids.hpp"
#include "guerdon/store.hpp"

namespace guerdon::auth {

struct KeyRow {
  KeyId id;
  std::string name;
  std::int64_t roles = 0;  ///< RoleSet::bits
  std::optional<Instant> expires_at;
  UserId created_by;
  Instant created_at;
  std::optional<Instant> revoked_at;
};
BOOST_DESCRIBE_STRUCT(KeyRow, (), (id, name, roles, expires_at, created_by, created_at, revoked_at))

void add_key(Tx& tx, const KeyRow& key, const Bytes& secret_digest);

/// Newest first; those with an id below `before`, if given.
std::vector<KeyRow> page_keys(Snapshot& snapshot, bool with_revoked, std::optional<Uuid> before, std::int64_t limit);

/// False if there is no such key or it has been revoked before.
bool mark_revoked(Tx& tx, KeyId id, UserId by);

/// What decides whether a key is good.
struct KeyStandingRow {
  Bytes secret_digest;
  std::int64_t roles = 0;
  std::optional<Instant> expires_at;
  std::optional<Instant> revoked_at;
};
BOOST_DESCRIBE_STRUCT(KeyStandingRow, (), (secret_digest, roles, expires_at, revoked_at))

std::optional<UserId> find_created_by(Snapshot& snapshot, KeyId id);
std::optional<KeyStandingRow> find_key_standing(Snapshot& snapshot, KeyId id);

}  // namespace guerdon::auth
