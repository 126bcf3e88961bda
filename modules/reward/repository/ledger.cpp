// SQL of the points ledger. An entry is written once and never changed.
#include <limits>

#include "../repository.hpp"

namespace guerdon::reward {

void lock_wallet(Tx& tx, UserId user) {
  if (tx.engine() == Engine::sqlite) return;  // nobody else writes meanwhile
  tx.exec(
      "INSERT INTO reward_wallets (user_id, points) VALUES ($1, 0)"
      " ON CONFLICT (user_id) DO UPDATE SET points = reward_wallets.points",
      user);
}

Balance add_points(Tx& tx, UserId user, std::int64_t amount) {
  return tx.get<Balance>(
      "INSERT INTO reward_wallets (user_id, points, entries) VALUES ($1, $2, 1)"
      " ON CONFLICT (user_id) DO UPDATE SET points = reward_wallets.points + excluded.points,"
      " entries = reward_wallets.entries + 1 RETURNING points, entries",
      user, amount);
}

void add_ledger_entry(Tx& tx, UserId user, const LedgerRow& e) {
  tx.exec(
      "INSERT INTO reward_ledger (id, user_id, amount, balance, event_id, reward_id, request_id, created_at, number)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      e.id, user, e.amount, e.balance, e.event_id, e.reward_id, e.request_id, e.created_at, e.number);
}

std::int64_t sum_points(Snapshot& snapshot, UserId user, bool with_deleted) {
  return snapshot.get<std::int64_t>(
      "SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM reward_ledger"
      " WHERE user_id = $1 AND ($2 OR deleted_by IS NULL)",
      user, with_deleted);
}

std::vector<LedgerRow> page_ledger(Snapshot& snapshot, UserId user, bool with_deleted,
                                   std::optional<std::int64_t> before, std::int64_t limit) {
  return snapshot.list<LedgerRow>(
      "SELECT id, amount, balance, event_id, reward_id, request_id, created_at, number FROM reward_ledger"
      " WHERE user_id = $1 AND ($2 OR deleted_by IS NULL) AND number < $3 ORDER BY number DESC LIMIT $4",
      user, with_deleted, before.value_or(std::numeric_limits<std::int64_t>::max()), limit);
}

}  // namespace guerdon::reward
