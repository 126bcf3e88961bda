// SQL of rewards and their stock.
#include "../repository.hpp"

namespace guerdon::reward {

void add_reward(Tx& tx, const RewardRow& r) {
  tx.exec(
      "INSERT INTO reward_rewards (id, event_id, type, name, metadata, quantity, codes, granted, remaining, created_at,"
      " updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
      r.id, r.event_id, r.type, r.name, r.metadata, r.quantity, r.codes, r.granted, r.remaining, r.created_at);
}

std::optional<RewardRow> find_reward(Snapshot& snapshot, event::EventId event, RewardId id) {
  return snapshot.find<RewardRow>(
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes,"
      " deleted_at FROM reward_rewards WHERE id = $1 AND event_id = $2",
      id, event);
}

std::optional<RewardRow> lock_reward(Tx& tx, event::EventId event, RewardId id) {
  static constexpr Sql sql{
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes,"
      " deleted_at FROM reward_rewards WHERE id = $1 AND event_id = $2 AND deleted_at IS NULL",
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes,"
      " deleted_at FROM reward_rewards WHERE id = $1 AND event_id = $2 AND deleted_at IS NULL FOR UPDATE"};
  return tx.find<RewardRow>(sql, id, event);
}

std::vector<RewardRow> lock_rewards(Tx& tx, event::EventId event) {
  static constexpr Sql sql{
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes,"
      " deleted_at FROM reward_rewards WHERE event_id = $1 ORDER BY id",
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes,"
      " deleted_at FROM reward_rewards WHERE event_id = $1 ORDER BY id FOR UPDATE"};
  auto rewards = tx.list<RewardRow>(sql, event);
  std::erase_if(rewards, [](const RewardRow& reward) { return reward.deleted_at.has_value(); });
  return rewards;
}

std::vector<RewardRow> lock_rewards_in_stock(Tx& tx, event::EventId event) {
  static constexpr Sql sql{
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes,"
      " deleted_at FROM reward_rewards WHERE event_id = $1 AND deleted_at IS NULL AND NOT EXISTS (SELECT 1"
      " FROM reward_rewards s WHERE s.event_id = $1 AND s.deleted_at IS NULL AND s.remaining = 0) ORDER BY id",
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes,"
      " deleted_at FROM reward_rewards WHERE event_id = $1 AND deleted_at IS NULL AND NOT EXISTS (SELECT 1"
      " FROM reward_rewards s WHERE s.event_id = $1 AND s.deleted_at IS NULL AND s.remaining = 0) ORDER BY id"
      " FOR UPDATE"};
  return tx.list<RewardRow>(sql, event);
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

std::vector<RewardRow> list_rewards(Snapshot& snapshot, event::EventId event) {
  return snapshot.list<RewardRow>(
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes,"
      " deleted_at FROM reward_rewards WHERE event_id = $1 AND deleted_at IS NULL ORDER BY id",
      event);
}

std::vector<RewardRow> page_rewards(Snapshot& snapshot, event::EventId event, const RewardFilter& filter,
                                    std::optional<Uuid> before, std::int64_t limit) {
  return snapshot.list<RewardRow>(
      "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes,"
      " deleted_at FROM reward_rewards WHERE event_id = $1 AND ($2 IS NULL OR type = $2)"
      " AND ($3 IS NULL OR id < $3) AND ($5 OR deleted_at IS NULL) ORDER BY id DESC LIMIT $4",
      event, filter.type, before, limit, filter.with_deleted);
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

}  // namespace guerdon::reward
