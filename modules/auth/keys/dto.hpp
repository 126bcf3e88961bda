// What the routes of service keys take and answer. A key itself is in one answer only: that to its making.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "guerdon/caller.hpp"
#include "guerdon/page.hpp"

namespace guerdon::auth {

struct KeyRequest {
  Text<1, 64> name;
  List<Role, 1, 4> roles;             ///< not USER: a key has no account
  std::optional<Instant> expires_at;  ///< null = never
};
BOOST_DESCRIBE_STRUCT(KeyRequest, (), (name, roles, expires_at))

struct KeyPath {
  KeyId id;
};
BOOST_DESCRIBE_STRUCT(KeyPath, (), (id))

struct KeyListQuery : PageQuery {
  std::optional<bool> include_revoked;
};
BOOST_DESCRIBE_STRUCT(KeyListQuery, (PageQuery), (include_revoked))

struct CreatedKey {
  KeyId id;
  std::string key;  ///< shown this once
  std::string name;
  std::vector<Role> roles;
  std::optional<Instant> expires_at;
  Instant created_at;
  UserId created_by;
};
BOOST_DESCRIBE_STRUCT(CreatedKey, (), (id, key, name, roles, expires_at, created_at, created_by))

struct KeyView {
  KeyId id;
  std::string name;
  std::vector<Role> roles;
  std::optional<Instant> expires_at;
  Instant created_at;
  UserId created_by;
  std::optional<Instant> revoked_at;
};
BOOST_DESCRIBE_STRUCT(KeyView, (), (id, name, roles, expires_at, created_at, created_by, revoked_at))

}  // namespace guerdon::auth
