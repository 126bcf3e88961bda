// Statements on auth_platforms.
#include "repository.hpp"

namespace guerdon::auth {

bool add_connection(Tx& tx, UserId user, const ConnectionRow& row) {
  constexpr Sql sql =
      "INSERT INTO auth_platforms (id, user_id, platform, platform_user_id, connected_at)"
      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
  return tx.exec(sql, row.id, user, row.platform, row.platform_user_id, row.connected_at) == 1;
}

std::optional<UserId> find_platform_owner(Snapshot& snapshot, std::string_view platform,
                                          std::string_view platform_user_id) {
  constexpr Sql sql = "SELECT user_id FROM auth_platforms WHERE platform = $1 AND platform_user_id = $2";
  return snapshot.find<UserId>(sql, platform, platform_user_id);
}

std::vector<ConnectionRow> page_connections(Snapshot& snapshot, UserId user, std::optional<Uuid> before,
                                            std::int64_t limit) {
  constexpr Sql sql =
      "SELECT id, platform, platform_user_id, connected_at FROM auth_platforms"
      " WHERE user_id = $1 AND deleted_by IS NULL AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3";
  return snapshot.list<ConnectionRow>(sql, user, before, limit);
}

bool remove_connection(Tx& tx, UserId user, std::string_view platform) {
  constexpr Sql sql = "DELETE FROM auth_platforms WHERE user_id = $1 AND platform = $2";
  return tx.exec(sql, user, platform) == 1;
}

}  // namespace guerdon::auth
