// SQL of rewards and their stock.
#include "../repository.hpp"

namespace guerdon::reward {

void add_reward(Tx& tx, const RewardRow& r) {
  tx.exec(
      "INSERT INTO reward_rewards (id, event_id, type, name, metadata, quantity, codes, granted, remaining, created_at,"
      " updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
      r.id, r.event_id, r.type, r.name, r.metadata, r.quantity, r.codes, r.granted, r.remaining, r.created_at);
}

std::optional<RewardView> find_reward(Snapshot& snapshot, event::EventId event, RewardId id) {
  return snapshot.find<RewardView>(
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at"
      " FROM reward_rewards WHERE id = $1 AND event_id = $2 AND deleted_at IS NULL",
      id, event);
}

std::optional<RewardRow> lock_reward(Tx& tx, event::EventId event, RewardId id) {
  static constexpr Sql sql{
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes"
      " FROM reward_rewards WHERE id = $1 AND event_id = $2 AND deleted_at IS NULL",
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes"
      " FROM reward_rewards WHERE id = $1 AND event_id = $2 AND deleted_at IS NULL FOR UPDATE"};
  return tx.find<RewardRow>(sql, id, event);
}

void save_reward(Tx& tx, const RewardRow& r) {
  tx.exec(
      "UPDATE reward_rewards SET name = $2, metadata = $3, quantity = $4, codes = $5, remaining = $6, updated_at = $7"
      " WHERE id = $1",
      r.id, r.name, r.metadata, r.quantity, r.codes, r.remaining, r.updated_at);
}

std::int64_t count_held(Snapshot& snapshot, RewardId id) {
  return snapshot.get<std::int64_t>("SELECT count(*) FROM reward_holds WHERE reward_id = $1", id);
}

void mark_deleted(Tx& tx, RewardId id) {
  tx.exec("UPDATE reward_rewards SET deleted_at = $2, updated_at = $2 WHERE id = $1", id, tx.now());
}

std::vector<RewardView> list_rewards(Snapshot& snapshot, event::EventId event) {
  return snapshot.list<RewardView>(
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at"
      " FROM reward_rewards WHERE event_id = $1 AND deleted_at IS NULL ORDER BY id",
      event);
}

std::vector<RewardView> page_rewards(Snapshot& snapshot, event::EventId event, std::optional<RewardType> type,
                                     std::optional<Uuid> before, std::int64_t limit) {
  return snapshot.list<RewardView>(
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at"
      " FROM reward_rewards WHERE event_id = $1 AND deleted_at IS NULL AND ($2 IS NULL OR type = $2)"
      " AND ($3 IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
      event, type, before, limit);
}

bool take_stock(Tx& tx, RewardId id) {
  return tx.exec(
             "UPDATE reward_rewards SET remaining = remaining - 1"
             " WHERE id = $1 AND (remaining IS NULL OR remaining > 0)",
             id) == 1;
}

void count_grant(Tx& tx, RewardId id) { tx.exec("UPDATE reward_rewards SET granted = granted + 1 WHERE id = $1", id); }

bool take_stock_and_count_grant(Tx& tx, RewardId id) {
  return tx.exec(
             "UPDATE reward_rewards SET granted = granted + 1, remaining = remaining - 1"
             " WHERE id = $1 AND (remaining IS NULL OR remaining > 0)",
             id) == 1;
}

void begin_backlog(Tx& tx, event::EventId event) {
  tx.exec("INSERT INTO reward_backlog (event_id) VALUES ($1) ON CONFLICT (event_id) DO UPDATE SET after_user = NULL",
          event);
}

std::optional<Backlog> next_backlog(Tx& tx) {
  static constexpr Sql sql{"SELECT event_id, after_user FROM reward_backlog ORDER BY event_id LIMIT 1",
                           "SELECT event_id, after_user FROM reward_backlog ORDER BY event_id LIMIT 1 FOR UPDATE"};
  return tx.find<Backlog>(sql);
}

void save_backlog(Tx& tx, const Backlog& backlog) {
  tx.exec("UPDATE reward_backlog SET after_user = $2 WHERE event_id = $1", backlog.event_id, backlog.after_user);
}

void end_backlog(Tx& tx, event::EventId event) { tx.exec("DELETE FROM reward_backlog WHERE event_id = $1", event); }

}  // namespace guerdon::reward
