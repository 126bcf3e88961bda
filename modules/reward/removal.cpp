// What is removed for good of a user, or of an event. The books stay: approved requests, what they granted, the ledger
// and the codes that were given. So every balance is still the sum of its entries, and what users were given is theirs
// when the event is gone. Of a removed user they name the id alone.
#include "removal.hpp"

#include <set>
#include <vector>

#include "repository/decisions.hpp"
#include "reward/module.hpp"

namespace guerdon::reward {
namespace {

/// A request that granted nothing; the stock that it held goes back.
void remove_request(Tx& tx, RequestId request, PurgeBatch& batch) {
  for (const RewardId reward : list_holds(tx, request)) {
    if (!remove_hold(tx, request, reward)) continue;
    return_stock(tx, reward);
    batch.add("reward_holds", 1);
  }
  batch.add("reward_requests", tx.exec("DELETE FROM reward_requests WHERE id = $1", request));
}

/// Whose stock goes back is locked first, as by everybody (README, Locks).
void remove_requests(Tx& tx, const std::vector<RequestId>& requests, PurgeBatch& batch) {
  std::set<event::EventId> events;
  for (const RequestId request : requests)
    if (const auto row = find_request_or_deleted(tx, request)) events.insert(row->event_id);
  for (const auto event : events) (void)lock_rewards(tx, event);
  for (const RequestId request : requests)
    if (!batch.is_full() && lock_request(tx, request)) remove_request(tx, request, batch);
}

/// Codes that nobody was given: the stock of their pool goes with them.
void remove_free_codes(Tx& tx, RewardId pool, PurgeBatch& batch) {
  const auto removed = tx.exec(
      "DELETE FROM reward_codes WHERE reward_id = $1 AND request_id IS NULL AND code IN (SELECT code FROM reward_codes"
      " WHERE reward_id = $1 AND request_id IS NULL ORDER BY code LIMIT $2)",
      pool, batch.room());
  if (removed == 0) return;
  tx.exec(
      "UPDATE reward_rewards SET codes = codes - $2, remaining ="
      " CASE WHEN quantity IS NULL OR codes - $2 < quantity THEN codes - $2 ELSE quantity END - granted WHERE id = $1",
      pool, removed);
  batch.add("reward_codes", removed);
}

void remove_rewards(Tx& tx, const Uuid& event, PurgeBatch& batch) {
  const auto pools =
      tx.list<RewardId>("SELECT id FROM reward_rewards WHERE event_id = $1 AND codes IS NOT NULL ORDER BY id", event);
  for (const RewardId pool : pools) {
    if (batch.is_full()) return;
    remove_free_codes(tx, pool, batch);
  }
  if (batch.is_full()) return;
  batch.add("reward_backlog", tx.exec("DELETE FROM reward_backlog WHERE event_id = $1", event));
  batch.add("reward_closings", tx.exec("DELETE FROM reward_closings WHERE event_id = $1", event));
  batch.add("reward_rewards", tx.exec("DELETE FROM reward_rewards WHERE id IN"
                                      " (SELECT id FROM reward_rewards WHERE event_id = $1 ORDER BY id LIMIT $2)",
                                      event, batch.room()));
}

}  // namespace

void remove_user(Tx& tx, const Uuid& user, PurgeBatch& batch) {
  remove_requests(tx,
                  tx.list<RequestId>("SELECT id FROM reward_requests WHERE user_id = $1 AND status <> 'APPROVED'"
                                     " ORDER BY id LIMIT $2",
                                     user, batch.room()),
                  batch);
  if (batch.is_full()) return;
  batch.add("reward_backlog", tx.exec("DELETE FROM reward_backlog WHERE only_user = $1", user));
  batch.add("reward_requests.reason",
            tx.exec("UPDATE reward_requests SET reason = NULL WHERE id IN"
                    " (SELECT id FROM reward_requests WHERE user_id = $1 AND reason IS NOT NULL LIMIT $2)",
                    user, batch.room()));
}

void remove_event(Tx& tx, const Uuid& event, PurgeBatch& batch) {
  remove_requests(tx,
                  tx.list<RequestId>("SELECT id FROM reward_requests WHERE event_id = $1"
                                     " AND status IN ('PENDING', 'REJECTED') ORDER BY id LIMIT $2",
                                     event, batch.room()),
                  batch);
  if (!batch.is_full()) remove_rewards(tx, event, batch);
}

PurgeOwner purge_owner() {
  return {.columns = {{"reward_requests", "user_id", Fate::pseudonym},
                      {"reward_requests", "operator_id", Fate::pseudonym},
                      {"reward_requests", "operator_key", Fate::impersonal},
                      {"reward_requests", "reason", Fate::scrubbed},
                      {"reward_grants", "user_id", Fate::pseudonym},
                      {"reward_grants", "deleted_by", Fate::pseudonym},
                      {"reward_ledger", "user_id", Fate::pseudonym},
                      {"reward_ledger", "deleted_by", Fate::pseudonym},
                      {"reward_wallets", "user_id", Fate::pseudonym},
                      {"reward_wallets", "deleted_by", Fate::pseudonym},
                      {"reward_backlog", "after_user", Fate::pseudonym},
                      {"reward_backlog", "only_user", Fate::removed}},
          .user = remove_user,
          .event = remove_event};
}

}  // namespace guerdon::reward
