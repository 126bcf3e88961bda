// SQL of the progress module: facts, states, rebuilds.
#include "repository.hpp"

#include "progress/ports.hpp"

namespace guerdon::progress {

void add_login(Tx& tx, UserId user, Instant at) {
  tx.exec("INSERT INTO progress_logins (user_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING", user, at);
}

std::vector<Instant> list_logins(Snapshot& snapshot, UserId user, const Interval& period) {
  return snapshot.list<Instant>(
      "SELECT at FROM progress_logins WHERE user_id = $1 AND at >= $2 AND ($3 IS NULL OR at < $3) ORDER BY at", user,
      period.from, period.to);
}

std::vector<std::tuple<Instant, UserId>> list_facts(Snapshot& snapshot, const Interval& period,
                                                    std::optional<Instant> after_at, std::optional<UserId> after_user,
                                                    std::int64_t limit) {
  using Fact = std::tuple<Instant, UserId>;
  if (!after_at || !after_user)
    return snapshot.list<Fact>(
        "SELECT at, user_id FROM progress_logins WHERE at >= $1 AND ($2 IS NULL OR at < $2)"
        " ORDER BY at, user_id LIMIT $3",
        period.from, period.to, limit);
  return snapshot.list<Fact>(
      "SELECT at, user_id FROM progress_logins WHERE (at, user_id) > ($1, $2) AND ($3 IS NULL OR at < $3)"
      " ORDER BY at, user_id LIMIT $4",
      *after_at, *after_user, period.to, limit);
}

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

std::vector<StateRow> list_states(Snapshot& snapshot, std::optional<UserId> user, std::optional<event::EventId> event,
                                  std::optional<Uuid> before, std::int64_t limit) {
  if (user)
    return snapshot.list<StateRow>(
        "SELECT id, event_id, user_id, progress, required, met_at, last_update, state FROM progress_states"
        " WHERE user_id = $1 AND ($2 IS NULL OR event_id = $2) AND ($3 IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
        *user, event, before, limit);
  return snapshot.list<StateRow>(
      "SELECT id, event_id, user_id, progress, required, met_at, last_update, state FROM progress_states"
      " WHERE ($1 IS NULL OR event_id = $1) AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
      event, before, limit);
}

std::vector<StateRow> list_settled_states(Snapshot& snapshot, std::int64_t limit) {
  return snapshot.list<StateRow>(
      "SELECT s.id, s.event_id, s.user_id, s.progress, s.required, s.met_at, s.last_update, s.state"
      " FROM progress_states s"
      " WHERE NOT EXISTS (SELECT 1 FROM progress_rebuilds r WHERE r.event_id = s.event_id)"
      " ORDER BY s.id DESC LIMIT $1",
      limit);
}

void begin_rebuild(Tx& tx, event::EventId event) {
  tx.exec(
      "INSERT INTO progress_rebuilds (event_id, stage) VALUES ($1, 'STATES')"
      " ON CONFLICT (event_id) DO UPDATE SET stage = 'STATES', after_user = NULL, after_at = NULL",
      event);
}

std::optional<Rebuild> next_rebuild(Snapshot& snapshot) {
  return snapshot.find<Rebuild>(
      "SELECT event_id, stage, after_user, after_at FROM progress_rebuilds ORDER BY event_id LIMIT 1");
}

void save_rebuild(Tx& tx, const Rebuild& rebuild) {
  tx.exec("UPDATE progress_rebuilds SET stage = $2, after_user = $3, after_at = $4 WHERE event_id = $1",
          rebuild.event_id, rebuild.stage, rebuild.after_user, rebuild.after_at);
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
