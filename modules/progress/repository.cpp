// SQL of states and rebuilds.
#include "repository.hpp"

#include "guerdon/page.hpp"
#include "progress/ports.hpp"

namespace guerdon::progress {

std::optional<StateRow> find_state(Snapshot& snapshot, event::EventId event, UserId user) {
  return snapshot.find<StateRow>(
      "SELECT id, event_id, user_id, progress, required, met_at, last_update, state FROM progress_states"
      " WHERE event_id = $1 AND user_id = $2",
      event, user);
}

std::optional<StateRow> lock_state(Tx& tx, event::EventId event, UserId user) {
  static constexpr Sql sql{
      "SELECT id, event_id, user_id, progress, required, met_at, last_update, state FROM progress_states"
      " WHERE event_id = $1 AND user_id = $2",
      "SELECT id, event_id, user_id, progress, required, met_at, last_update, state FROM progress_states"
      " WHERE event_id = $1 AND user_id = $2 FOR UPDATE"};
  return tx.find<StateRow>(sql, event, user);
}

bool add_state(Tx& tx, const StateRow& row) {
  return tx.exec(
             "INSERT INTO progress_states (id, event_id, user_id, progress, required, met_at, last_update, state)"
             " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
             row.id, row.event_id, row.user_id, row.progress, row.required, row.met_at, row.last_update,
             row.state) == 1;
}

void save_state(Tx& tx, const StateRow& row) {
  tx.exec(
      "UPDATE progress_states SET progress = $3, required = $4, met_at = $5, last_update = $6, state = $7"
      " WHERE event_id = $1 AND user_id = $2",
      row.event_id, row.user_id, row.progress, row.required, row.met_at, row.last_update, row.state);
}

std::vector<UserId> list_state_users(Snapshot& snapshot, event::EventId event, std::optional<UserId> after,
                                     std::int64_t limit) {
  return snapshot.list<UserId>(
      "SELECT user_id FROM progress_states WHERE event_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3", event,
      after.value_or(UserId{}), limit);
}

std::vector<StateRow> list_user_states(Snapshot& snapshot, UserId user, std::optional<event::EventId> event,
                                       std::optional<Uuid> before, std::int64_t limit) {
  return snapshot.list<StateRow>(
      "SELECT id, event_id, user_id, progress, required, met_at, last_update, state FROM progress_states"
      " WHERE user_id = $1 AND ($2 IS NULL OR event_id = $2) AND id < $3 ORDER BY id DESC LIMIT $4",
      user, event, below(before), limit);
}

std::vector<StateRow> list_event_states(Snapshot& snapshot, event::EventId event, std::optional<Uuid> before,
                                        std::int64_t limit) {
  return snapshot.list<StateRow>(
      "SELECT id, event_id, user_id, progress, required, met_at, last_update, state FROM progress_states"
      " WHERE event_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
      event, below(before), limit);
}

std::vector<StateRow> list_settled_states(Snapshot& snapshot, std::int64_t limit) {
  return snapshot.list<StateRow>(
      "SELECT s.id, s.event_id, s.user_id, s.progress, s.required, s.met_at, s.last_update, s.state"
      " FROM progress_states s"
      " WHERE NOT EXISTS (SELECT 1 FROM progress_rebuilds r WHERE r.event_id = s.event_id)"
      " AND NOT EXISTS (SELECT 1 FROM progress_user_rebuilds u WHERE u.user_id = s.user_id)"
      " AND NOT EXISTS (SELECT 1 FROM progress_activities a WHERE a.user_id = s.user_id AND NOT a.counted"
      " AND a.deleted_by IS NULL)"
      " ORDER BY s.id DESC LIMIT $1",
      limit);
}

void begin_rebuild(Tx& tx, event::EventId event) {
  tx.exec(
      "INSERT INTO progress_rebuilds (event_id, stage) VALUES ($1, 'STATES')"
      " ON CONFLICT (event_id) DO UPDATE SET stage = 'STATES', after_user = NULL",
      event);
}

std::optional<Rebuild> next_rebuild(Tx& tx, event::EventId after) {
  static constexpr Sql sql{
      "SELECT event_id, stage, after_user FROM progress_rebuilds WHERE event_id > $1 ORDER BY event_id LIMIT 1",
      "SELECT event_id, stage, after_user FROM progress_rebuilds WHERE event_id > $1 ORDER BY event_id LIMIT 1"
      " FOR UPDATE"};
  if (auto next = tx.find<Rebuild>(sql, after)) return next;
  return tx.find<Rebuild>(sql, event::EventId{});
}

void save_rebuild(Tx& tx, const Rebuild& rebuild) {
  tx.exec("UPDATE progress_rebuilds SET stage = $2, after_user = $3 WHERE event_id = $1", rebuild.event_id,
          rebuild.stage, rebuild.after_user);
}

void end_rebuild(Tx& tx, event::EventId event) { tx.exec("DELETE FROM progress_rebuilds WHERE event_id = $1", event); }

std::optional<Instant> met_at(Snapshot& snapshot, event::EventId event, UserId user) {
  return snapshot.find<Instant>(
      "SELECT met_at FROM progress_states WHERE event_id = $1 AND user_id = $2 AND met_at IS NOT NULL", event, user);
}

std::vector<UserId> list_met(Snapshot& snapshot, event::EventId event, std::optional<UserId> after,
                             std::int64_t limit) {
  return snapshot.list<UserId>(
      "SELECT user_id FROM progress_states WHERE event_id = $1 AND met_at IS NOT NULL AND user_id > $2"
      " ORDER BY user_id LIMIT $3",
      event, after.value_or(UserId{}), limit);
}

}  // namespace guerdon::progress
