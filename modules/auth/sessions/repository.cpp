// The account's row is locked before the session's, here as in a log-in: nobody waits in a circle.
#include "repository.hpp"

namespace guerdon::auth {

std::optional<AccountRow> lock_holder(Tx& tx, SessionId session) {
  constexpr Sql sql{
      "SELECT u.id, u.username, u.email, u.roles, u.status, u.version, u.profile, u.invite_code, u.created_at"
      " FROM auth_sessions s JOIN auth_users u ON u.id = s.user_id WHERE s.session_id = $1",
      "SELECT u.id, u.username, u.email, u.roles, u.status, u.version, u.profile, u.invite_code, u.created_at"
      " FROM auth_sessions s JOIN auth_users u ON u.id = s.user_id WHERE s.session_id = $1 FOR UPDATE OF u"};
  return tx.find<AccountRow>(sql, session);
}

std::optional<SessionRow> find_session(Snapshot& snapshot, UserId user, SessionId session) {
  constexpr Sql sql =
      "SELECT refresh_counter, refreshed_at, expires_at, refresh_full_at FROM auth_sessions"
      " WHERE user_id = $1 AND session_id = $2";
  return snapshot.find<SessionRow>(sql, user, session);
}

bool spend_token(Tx& tx, UserId user, SessionId session, std::int64_t counter, Instant refresh_full_at) {
  constexpr Sql sql =
      "UPDATE auth_sessions SET refresh_counter = refresh_counter + 1, refreshed_at = $4, refresh_full_at = $5"
      " WHERE user_id = $1 AND session_id = $2 AND refresh_counter = $3";
  return tx.exec(sql, user, session, counter, tx.now(), refresh_full_at) == 1;
}

bool end_session_of(Tx& tx, UserId user, SessionId session) {
  constexpr Sql sql = "DELETE FROM auth_sessions WHERE user_id = $1 AND session_id = $2";
  return tx.exec(sql, user, session) == 1;
}

std::int64_t raise_version(Tx& tx, UserId user) {
  constexpr Sql sql = "UPDATE auth_users SET version = version + 1 WHERE id = $1 RETURNING version";
  return tx.get<std::int64_t>(sql, user);
}

}  // namespace guerdon::auth
