// A log-in that is going on holds its session's row: it is waited for, and what it made new is not expired.
#include "repository.hpp"

namespace guerdon::auth {

SessionLook remove_expired_sessions(Tx& tx, std::optional<UserId> after, Instant end, std::int64_t limit) {
  const auto from = after.value_or(UserId{});
  const auto users =
      tx.list<UserId>("SELECT user_id FROM auth_sessions WHERE user_id > $1 ORDER BY user_id LIMIT $2", from, limit);
  if (users.empty()) return {};
  constexpr Sql sql = "DELETE FROM auth_sessions WHERE user_id > $1 AND user_id <= $2 AND expires_at <= $3";
  return {.last = users.back(), .removed = tx.exec(sql, from, users.back(), end)};
}

std::int64_t remove_expired_resets(Tx& tx, std::int64_t limit) {
  constexpr Sql sql =
      "DELETE FROM auth_password_resets WHERE user_id IN"
      " (SELECT user_id FROM auth_password_resets WHERE expires_at <= $1 ORDER BY user_id LIMIT $2)";
  return tx.exec(sql, tx.now(), limit);
}

}  // namespace guerdon::auth
