// SQL that marks facts as hidden, and takes the mark off.
#include "hidden_facts.hpp"

namespace guerdon::progress {
namespace {

std::map<std::string, std::int64_t> counts_of(std::int64_t sessions, std::int64_t activities,
                                              std::int64_t invitations) {
  std::map<std::string, std::int64_t> counts{
      {"progress_sessions", sessions}, {"progress_activities", activities}, {"progress_invitations", invitations}};
  std::erase_if(counts, [](const auto& count) { return count.second == 0; });
  return counts;
}

}  // namespace

std::map<std::string, std::int64_t> hide_facts(Tx& tx, UserId user, const Uuid& mark) {
  const auto sessions =
      tx.exec("UPDATE progress_sessions SET deleted_by = $2 WHERE user_id = $1 AND deleted_by IS NULL", user, mark);
  const auto activities =
      tx.exec("UPDATE progress_activities SET deleted_by = $2 WHERE user_id = $1 AND deleted_by IS NULL", user, mark);
  const auto invitations = tx.exec(
      "UPDATE progress_invitations SET deleted_by = $2 WHERE inviter_id = $1 AND deleted_by IS NULL", user, mark);
  return counts_of(sessions, activities, invitations);
}

std::map<std::string, std::int64_t> show_facts(Tx& tx, UserId user, const Uuid& mark) {
  const auto sessions =
      tx.exec("UPDATE progress_sessions SET deleted_by = NULL WHERE user_id = $1 AND deleted_by = $2", user, mark);
  const auto activities =
      tx.exec("UPDATE progress_activities SET deleted_by = NULL WHERE user_id = $1 AND deleted_by = $2", user, mark);
  const auto invitations = tx.exec(
      "UPDATE progress_invitations SET deleted_by = NULL WHERE inviter_id = $1 AND deleted_by = $2", user, mark);
  return counts_of(sessions, activities, invitations);
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
