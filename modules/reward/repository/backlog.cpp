// SQL of the queue of events whose users are to be served.
#include "backlog.hpp"

namespace guerdon::reward {

void begin_backlog(Tx& tx, event::EventId event) {
  add_backlog(tx, {.id = tx.new_id<BacklogId>(),
                   .event_id = event,
                   .only_user = {},
                   .after_user = {},
                   .failures = 0,
                   .next_at = tx.now()});
}

void add_backlog(Tx& tx, const Backlog& b) {
  tx.exec(
      "INSERT INTO reward_backlog (id, event_id, only_user, after_user, failures, next_at)"
      " VALUES ($1, $2, $3, $4, $5, $6)",
      b.id, b.event_id, b.only_user, b.after_user, b.failures, b.next_at);
}

std::optional<Backlog> next_backlog(Tx& tx) {
  static constexpr Sql sql{
      "SELECT id, event_id, only_user, after_user, failures, next_at FROM reward_backlog"
      " ORDER BY next_at, id LIMIT 1",
      "SELECT id, event_id, only_user, after_user, failures, next_at FROM reward_backlog"
      " ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"};
  return tx.find<Backlog>(sql);
}

bool is_superseded(Snapshot& snapshot, const Backlog& b) {
  if (!b.after_user) return false;
  return snapshot.get<bool>(
      "SELECT EXISTS (SELECT 1 FROM reward_backlog WHERE event_id = $1 AND id <> $2 AND only_user IS NULL"
      " AND after_user IS NULL)",
      b.event_id, b.id);
}

void save_backlog(Tx& tx, const Backlog& b) {
  tx.exec("UPDATE reward_backlog SET after_user = $2, failures = $3, next_at = $4 WHERE id = $1", b.id, b.after_user,
          b.failures, b.next_at);
}

void end_backlog(Tx& tx, BacklogId id) { tx.exec("DELETE FROM reward_backlog WHERE id = $1", id); }

}  // namespace guerdon::reward
