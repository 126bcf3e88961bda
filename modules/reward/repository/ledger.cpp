// SQL of the points ledger. An entry is written once and never changed.
#include "../repository.hpp"

namespace guerdon::reward {

std::int64_t add_points(Tx& tx, UserId user, std::int64_t amount) {
  return tx.get<std::int64_t>(
      "INSERT INTO reward_wallets (user_id, points) VALUES ($1, $2)"
      " ON CONFLICT (user_id) DO UPDATE SET points = reward_wallets.points + excluded.points RETURNING points",
      user, amount);
}

void add_ledger_entry(Tx& tx, UserId user, const LedgerEntry& e) {
  tx.exec(
      "INSERT INTO reward_ledger (id, user_id, amount, balance, event_id, reward_id, request_id, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      e.id, user, e.amount, e.balance, e.event_id, e.reward_id, e.request_id, e.created_at);
}

std::int64_t sum_points(Snapshot& snapshot, UserId user, bool with_deleted) {
  return snapshot.get<std::int64_t>(
      "SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM reward_ledger"
      " WHERE user_id = $1 AND ($2 OR deleted_by IS NULL)",
      user, with_deleted);
}

std::vector<LedgerEntry> page_ledger(Snapshot& snapshot, UserId user, bool with_deleted, std::optional<Uuid> before,
                                     std::int64_t limit) {
  return snapshot.list<LedgerEntry>(
      "SELECT id, amount, balance, event_id, reward_id, request_id, created_at FROM reward_ledger"
      " WHERE user_id = $1 AND ($2 OR deleted_by IS NULL) AND ($3 IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
      user, with_deleted, before, limit);
}

}  // namespace guerdon::reward
