// What the constraints of the tables can't say about rewards, requests and points.
#include "reward/messages.hpp"
#include "reward/module.hpp"

namespace guerdon::reward {
namespace {

template <class Named>
std::vector<std::string> lines_of(const std::vector<Named>& named) {
  std::vector<std::string> lines;
  for (const auto& id : named) lines.push_back(id.to_string());
  return lines;
}

std::vector<std::string> stock_outside_bounds(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<RewardId>("SELECT id FROM reward_rewards WHERE remaining < 0 OR remaining > quantity LIMIT 100"));
}

/// What is neither granted nor there must be held by pending requests of a MANUAL event.
std::vector<std::string> stock_that_went_elsewhere(Snapshot& snapshot) {
  return lines_of(snapshot.list<RewardId>(
      "SELECT r.id FROM reward_rewards r WHERE r.quantity IS NOT NULL AND (r.remaining > r.quantity - r.granted"
      " OR r.remaining < r.quantity - r.granted - (SELECT count(*) FROM reward_requests q"
      " WHERE q.event_id = r.event_id AND q.status = 'PENDING' AND q.holds_stock)) LIMIT 100"));
}

std::vector<std::string> miscounted_grants(Snapshot& snapshot) {
  return lines_of(snapshot.list<RewardId>(
      "SELECT r.id FROM reward_rewards r"
      " WHERE r.granted <> (SELECT count(*) FROM reward_grants g WHERE g.reward_id = r.id) LIMIT 100"));
}

std::vector<std::string> users_with_two_live_requests(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<UserId>("SELECT user_id FROM reward_requests WHERE status <> 'REJECTED'"
                            " GROUP BY user_id, event_id HAVING count(*) > 1 LIMIT 100"));
}

std::vector<std::string> approvals_without_grant(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<RequestId>("SELECT q.id FROM reward_requests q WHERE q.status = 'APPROVED'"
                               " AND NOT EXISTS (SELECT 1 FROM reward_grants g WHERE g.request_id = q.id) LIMIT 100"));
}

std::vector<std::string> grants_without_approval(Snapshot& snapshot) {
  return lines_of(snapshot.list<RequestId>(
      "SELECT g.request_id FROM reward_grants g"
      " LEFT JOIN reward_requests q ON q.id = g.request_id AND q.user_id = g.user_id AND q.status = 'APPROVED'"
      " WHERE q.id IS NULL LIMIT 100"));
}

std::vector<std::string> balances_that_are_no_sum(Snapshot& snapshot) {
  return lines_of(snapshot.list<UserId>(
      "SELECT w.user_id FROM reward_wallets w WHERE w.points <> (SELECT CAST(coalesce(sum(l.amount), 0) AS BIGINT)"
      " FROM reward_ledger l WHERE l.user_id = w.user_id) LIMIT 100"));
}

std::vector<std::string> entries_without_cause(Snapshot& snapshot) {
  return lines_of(snapshot.list<RequestId>(
      "SELECT l.request_id FROM reward_ledger l LEFT JOIN reward_grants g"
      " ON g.request_id = l.request_id AND g.reward_id = l.reward_id AND g.user_id = l.user_id AND g.type = 'POINT'"
      " WHERE g.request_id IS NULL LIMIT 100"));
}

std::vector<std::string> points_never_credited(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<RequestId>("SELECT g.request_id FROM reward_grants g LEFT JOIN reward_ledger l"
                               " ON l.request_id = g.request_id AND l.reward_id = g.reward_id"
                               " WHERE g.type = 'POINT' AND l.id IS NULL LIMIT 100"));
}

}  // namespace

std::vector<Invariant> invariants() {
  return {
      {.name = "I9", .rule = "A reward's stock is between 0 and its quantity.", .violations = stock_outside_bounds},
      {.name = "I10",
       .rule = "What is missing from a reward's stock was granted or is held by a pending request.",
       .violations = stock_that_went_elsewhere},
      {.name = "I10", .rule = "A reward counts exactly its grants.", .violations = miscounted_grants},
      {.name = "I11",
       .rule = "A user has at most one live request in an event.",
       .violations = users_with_two_live_requests},
      {.name = "I12", .rule = "An approved request has granted something.", .violations = approvals_without_grant},
      {.name = "I12", .rule = "Only an approved request grants.", .violations = grants_without_approval},
      {.name = "I15", .rule = "A user's balance is the sum of the ledger.", .violations = balances_that_are_no_sum},
      {.name = "I15", .rule = "Every ledger entry has a grant as its cause.", .violations = entries_without_cause},
      {.name = "I15", .rule = "Every grant of points is in the ledger.", .violations = points_never_credited},
  };
}

}  // namespace guerdon::reward
