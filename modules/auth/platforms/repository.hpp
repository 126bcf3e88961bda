// The rows of platform accounts. SQL only; no decisions.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/ids.hpp"
#include "guerdon/store.hpp"

namespace guerdon::auth {

struct ConnectionTag {
  static constexpr std::string_view prefix = "plt";  // never shown
};
using ConnectionId = Id<ConnectionTag>;

struct ConnectionRow {
  ConnectionId id;
  std::string platform;
  std::string platform_user_id;
  Instant connected_at;
};
BOOST_DESCRIBE_STRUCT(ConnectionRow, (), (id, platform, platform_user_id, connected_at))

/// False if the user has a connection to that platform or the account there is connected already.
bool add_connection(Tx& tx, UserId user, const ConnectionRow& row);

/// Whose the account on a platform is.
std::optional<UserId> find_platform_owner(Snapshot& snapshot, std::string_view platform,
                                          std::string_view platform_user_id);

/// Newest first; those with an id below `before`, if given.
std::vector<ConnectionRow> page_connections(Snapshot& snapshot, UserId user, std::optional<Uuid> before,
                                            std::int64_t limit);

/// False if there is none.
bool remove_connection(Tx& tx, UserId user, std::string_view platform);

}  // namespace guerdon::auth
