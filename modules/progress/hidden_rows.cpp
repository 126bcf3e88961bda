// SQL that takes facts and states out of sight and back. A row is copied first, then what was copied is removed: never
// one that another transaction has added in between.
#include "hidden_rows.hpp"

#include "guerdon/page.hpp"

namespace guerdon::progress {

std::int64_t hide_logins(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  const auto next =
      tx.list<Instant>("SELECT at FROM progress_logins WHERE user_id = $1 ORDER BY at LIMIT $2", user, limit);
  if (next.empty()) return 0;
  tx.exec(
      "INSERT INTO progress_deleted_logins (user_id, at, deleted_by)"
      " SELECT user_id, at, $2 FROM progress_logins WHERE user_id = $1 AND at <= $3 ON CONFLICT DO NOTHING",
      user, mark, next.back());
  return tx.exec(
      "DELETE FROM progress_logins WHERE user_id = $1 AND at <= $3 AND EXISTS (SELECT 1 FROM progress_deleted_logins d"
      " WHERE d.user_id = $1 AND d.deleted_by = $2 AND d.at = progress_logins.at)",
      user, mark, next.back());
}

std::int64_t show_logins(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql next =
      "SELECT at FROM progress_deleted_logins WHERE user_id = $1 AND deleted_by = $2 ORDER BY at LIMIT $3";
  const auto at = tx.list<Instant>(next, user, mark, limit);
  if (at.empty()) return 0;
  tx.exec(
      "INSERT INTO progress_logins (user_id, at) SELECT user_id, at FROM progress_deleted_logins"
      " WHERE user_id = $1 AND deleted_by = $2 AND at <= $3 ON CONFLICT DO NOTHING",
      user, mark, at.back());
  return tx.exec("DELETE FROM progress_deleted_logins WHERE user_id = $1 AND deleted_by = $2 AND at <= $3", user, mark,
                 at.back());
}

std::int64_t hide_states(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  static constexpr Sql lock{
      "SELECT event_id FROM progress_states WHERE user_id = $1 ORDER BY event_id LIMIT $2",
      "SELECT event_id FROM progress_states WHERE user_id = $1 ORDER BY event_id LIMIT $2 FOR UPDATE"};
  const auto events = tx.list<event::EventId>(lock, user, limit);
  if (events.empty()) return 0;
  tx.exec(
      "INSERT INTO progress_deleted_states"
      " (event_id, user_id, progress, required, met_at, last_update, state, id, deleted_by, deleted_at)"
      " SELECT event_id, user_id, progress, required, met_at, last_update, state, id, $2, $3"
      " FROM progress_states WHERE user_id = $1 AND event_id <= $4"
      " ON CONFLICT (user_id, event_id, deleted_by) DO UPDATE SET progress = excluded.progress,"
      " required = excluded.required, met_at = excluded.met_at, last_update = excluded.last_update,"
      " state = excluded.state, id = excluded.id, deleted_at = excluded.deleted_at"
      " WHERE progress_deleted_states.met_at IS NULL",
      user, mark, tx.now(), events.back());
  std::int64_t hidden = 0;
  for (const auto& event : events)
    hidden += tx.exec("DELETE FROM progress_states WHERE event_id = $1 AND user_id = $2", event, user);
  return hidden;
}

std::int64_t show_states(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql next =
      "SELECT event_id FROM progress_deleted_states WHERE user_id = $1 AND deleted_by = $2 ORDER BY event_id LIMIT $3";
  const auto events = tx.list<event::EventId>(next, user, mark, limit);
  if (events.empty()) return 0;
  tx.exec(
      "INSERT INTO progress_states (event_id, user_id, progress, required, met_at, last_update, state, id)"
      " SELECT event_id, user_id, progress, required, met_at, last_update, state, id"
      " FROM progress_deleted_states WHERE user_id = $1 AND deleted_by = $2 AND event_id <= $3"
      " ON CONFLICT (event_id, user_id) DO UPDATE SET progress = excluded.progress, required = excluded.required,"
      " met_at = excluded.met_at, last_update = excluded.last_update, state = excluded.state, id = excluded.id"
      " WHERE excluded.met_at IS NOT NULL",
      user, mark, events.back());
  return tx.exec("DELETE FROM progress_deleted_states WHERE user_id = $1 AND deleted_by = $2 AND event_id <= $3", user,
                 mark, events.back());
}

std::optional<AnyStateRow> find_any_state(Snapshot& snapshot, event::EventId event, UserId user) {
  if (const auto row = find_state(snapshot, event, user)) return AnyStateRow{*row, std::nullopt};
  return snapshot.find<AnyStateRow>(
      "SELECT id, event_id, user_id, progress, required, met_at, last_update, state, deleted_at"
      " FROM progress_deleted_states WHERE user_id = $1 AND event_id = $2 ORDER BY deleted_at DESC LIMIT 1",
      user, event);
}

std::vector<AnyStateRow> list_any_user_states(Snapshot& snapshot, UserId user, std::optional<event::EventId> event,
                                              std::optional<Uuid> before, std::int64_t limit) {
  return snapshot.list<AnyStateRow>(
      "SELECT id, event_id, user_id, progress, required, met_at, last_update, state, NULL AS deleted_at"
      " FROM progress_states WHERE user_id = $1 AND ($2 IS NULL OR event_id = $2) AND id < $3"
      " UNION ALL SELECT id, event_id, user_id, progress, required, met_at, last_update, state, deleted_at"
      " FROM progress_deleted_states WHERE user_id = $1 AND ($2 IS NULL OR event_id = $2) AND id < $3"
      " ORDER BY id DESC LIMIT $4",
      user, event, below(before), limit);
}

std::vector<AnyStateRow> list_any_event_states(Snapshot& snapshot, event::EventId event, std::optional<Uuid> before,
                                               std::int64_t limit) {
  return snapshot.list<AnyStateRow>(
      "SELECT id, event_id, user_id, progress, required, met_at, last_update, state, NULL AS deleted_at"
      " FROM progress_states WHERE event_id = $1 AND id < $2"
      " UNION ALL SELECT id, event_id, user_id, progress, required, met_at, last_update, state, deleted_at"
      " FROM progress_deleted_states WHERE event_id = $1 AND id < $2"
      " ORDER BY id DESC LIMIT $3",
      event, below(before), limit);
}

void begin_user_rebuild(Tx& tx, UserId user, bool quiet) {
  tx.exec(
      "INSERT INTO progress_user_rebuilds (user_id, quiet) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE"
      " SET after_event = NULL, quiet = progress_user_rebuilds.quiet AND excluded.quiet",
      user, quiet);
}

std::optional<UserRebuild> next_user_rebuild(Tx& tx) {
  static constexpr Sql sql{
      "SELECT user_id, after_event, quiet FROM progress_user_rebuilds ORDER BY user_id LIMIT 1",
      "SELECT user_id, after_event, quiet FROM progress_user_rebuilds ORDER BY user_id LIMIT 1 FOR UPDATE"};
  return tx.find<UserRebuild>(sql);
}

void save_user_rebuild(Tx& tx, const UserRebuild& rebuild) {
  tx.exec("UPDATE progress_user_rebuilds SET after_event = $2 WHERE user_id = $1", rebuild.user_id,
          rebuild.after_event);
}

void end_user_rebuild(Tx& tx, UserId user) { tx.exec("DELETE FROM progress_user_rebuilds WHERE user_id = $1", user); }

}  // namespace guerdon::progress
