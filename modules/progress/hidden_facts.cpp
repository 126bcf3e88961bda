// SQL that marks facts as hidden, and takes the mark off: the next ones in the order of an index.
#include "hidden_facts.hpp"

namespace guerdon::progress {
std::int64_t hide_sessions(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql sql =
      "UPDATE progress_sessions SET deleted_by = $2 WHERE user_id = $1 AND at IN"
      " (SELECT at FROM progress_sessions WHERE user_id = $1 AND deleted_by IS NULL ORDER BY at LIMIT $3)";
  return tx.exec(sql, user, mark, limit);
}

std::int64_t hide_activities(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql sql =
      "UPDATE progress_activities SET deleted_by = $2 WHERE id IN"
      " (SELECT id FROM progress_activities WHERE user_id = $1 AND deleted_by IS NULL ORDER BY type, at LIMIT $3)";
  return tx.exec(sql, user, mark, limit);
}

std::int64_t hide_invitations(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql sql =
      "UPDATE progress_invitations SET deleted_by = $2 WHERE invitee_id IN"
      " (SELECT invitee_id FROM progress_invitations WHERE inviter_id = $1 AND deleted_by IS NULL ORDER BY "
      "signed_up_at LIMIT $3)";
  return tx.exec(sql, user, mark, limit);
}

std::int64_t show_sessions(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql sql =
      "UPDATE progress_sessions SET deleted_by = NULL WHERE user_id = $1 AND at IN"
      " (SELECT at FROM progress_sessions WHERE user_id = $1 AND deleted_by = $2 ORDER BY at LIMIT $3)";
  return tx.exec(sql, user, mark, limit);
}

std::int64_t show_activities(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql sql =
      "UPDATE progress_activities SET deleted_by = NULL WHERE id IN"
      " (SELECT id FROM progress_activities WHERE user_id = $1 AND deleted_by = $2 ORDER BY type, at LIMIT $3)";
  return tx.exec(sql, user, mark, limit);
}

std::int64_t show_invitations(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql sql =
      "UPDATE progress_invitations SET deleted_by = NULL WHERE invitee_id IN"
      " (SELECT invitee_id FROM progress_invitations WHERE inviter_id = $1 AND deleted_by = $2 ORDER BY signed_up_at "
      "LIMIT $3)";
  return tx.exec(sql, user, mark, limit);
}

void keep_login(Tx& tx, UserId user, Instant at, const Uuid& mark) {
  tx.exec("INSERT INTO progress_deleted_logins (user_id, at, deleted_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
          user, at, mark);
}

void keep_session(Tx& tx, UserId user, Instant at, const Uuid& mark) {
  tx.exec("INSERT INTO progress_sessions (user_id, at, deleted_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", user,
          at, mark);
}

void mark_all_counted(Tx& tx, UserId user) {
  tx.exec("UPDATE progress_activities SET counted = TRUE WHERE user_id = $1 AND NOT counted AND deleted_by IS NULL",
          user);
}

}  // namespace guerdon::progress
