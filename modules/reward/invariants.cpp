// What the constraints of the tables can't say about rewards, requests and points.
#include "decision_invariants.hpp"
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

/// What is neither granted nor there is held by requests that wait for a decision.
std::vector<std::string> stock_that_went_elsewhere(Snapshot& snapshot) {
  return lines_of(snapshot.list<RewardId>(
      "WITH stock AS (SELECT id, granted, remaining,"
      " CASE WHEN quantity IS NULL OR codes < quantity THEN codes ELSE quantity END AS capacity FROM reward_rewards),"
      " held AS (SELECT reward_id, count(*) AS number FROM reward_holds GROUP BY reward_id)"
      " SELECT r.id FROM stock r LEFT JOIN held h ON h.reward_id = r.id"
      " WHERE r.remaining <> r.capacity - r.granted - coalesce(h.number, 0) LIMIT 100"));
}

std::vector<std::string> holds_of_decided_requests(Snapshot& snapshot) {
  return lines_of(snapshot.list<RequestId>(
      "SELECT h.request_id FROM reward_holds h"
      " LEFT JOIN reward_requests q ON q.id = h.request_id AND q.status = 'PENDING' AND q.holds_stock"
      " WHERE q.id IS NULL LIMIT 100"));
}

std::vector<std::string> miscounted_codes(Snapshot& snapshot) {
  return lines_of(snapshot.list<RewardId>(
      "SELECT r.id FROM reward_rewards r WHERE r.codes IS NOT NULL"
      " AND r.codes <> (SELECT count(*) FROM reward_codes c WHERE c.reward_id = r.id) LIMIT 100"));
}

std::vector<std::string> codes_without_pool(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<RewardId>("SELECT DISTINCT c.reward_id FROM reward_codes c"
                              " LEFT JOIN reward_rewards r ON r.id = c.reward_id AND r.codes IS NOT NULL"
                              " WHERE r.id IS NULL AND c.request_id IS NULL LIMIT 100"));
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

std::vector<std::string> ledgers_without_wallet(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<UserId>("SELECT DISTINCT l.user_id FROM reward_ledger l"
                            " LEFT JOIN reward_wallets w ON w.user_id = l.user_id WHERE w.user_id IS NULL LIMIT 100"));
}

std::vector<std::string> miscounted_entries(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<UserId>("SELECT w.user_id FROM reward_wallets w LEFT JOIN (SELECT user_id, count(*) AS entries,"
                            " max(number) AS latest FROM reward_ledger GROUP BY user_id) l ON l.user_id = w.user_id"
                            " WHERE w.entries <> coalesce(l.entries, 0) OR w.entries <> coalesce(l.latest, 0)"
                            " LIMIT 100"));
}

/// The balance that an entry shows is what its user had then.
std::vector<std::string> running_balances_that_are_no_sum(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<RequestId>("WITH summed AS (SELECT request_id, balance,"
                               " sum(amount) OVER (PARTITION BY user_id ORDER BY number) AS total FROM reward_ledger)"
                               " SELECT request_id FROM summed WHERE balance <> total LIMIT 100"));
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

std::vector<std::string> entries_of_another_amount(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<RequestId>("SELECT l.request_id FROM reward_ledger l JOIN reward_grants g"
                               " ON g.request_id = l.request_id AND g.reward_id = l.reward_id AND g.type = 'POINT'"
                               " WHERE CAST(g.metadata->>'amount' AS BIGINT) <> l.amount LIMIT 100"));
}

/// Names the request, never the code.
std::vector<std::string> codes_without_grant(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<RequestId>("SELECT c.request_id FROM reward_codes c LEFT JOIN reward_grants g"
                               " ON g.request_id = c.request_id AND g.reward_id = c.reward_id AND g.type = 'COUPON'"
                               " WHERE c.request_id IS NOT NULL AND g.request_id IS NULL LIMIT 100"));
}

std::vector<std::string> requests_with_two_codes(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<RequestId>("SELECT request_id FROM reward_codes WHERE request_id IS NOT NULL"
                               " GROUP BY request_id, reward_id HAVING count(*) > 1 LIMIT 100"));
}

std::vector<std::string> coupons_without_code(Snapshot& snapshot) {
  return lines_of(snapshot.list<RequestId>(
      "SELECT g.request_id FROM reward_grants g"
      " LEFT JOIN reward_codes c ON c.request_id = g.request_id AND c.reward_id = g.reward_id"
      " WHERE g.type = 'COUPON' AND c.code IS NULL AND g.metadata->>'code' IS NULL LIMIT 100"));
}

std::vector<std::string> grants_of_another_type(Snapshot& snapshot) {
  return lines_of(
      snapshot.list<RequestId>("SELECT g.request_id FROM reward_grants g JOIN reward_rewards r ON r.id = g.reward_id"
                               " WHERE r.type <> g.type LIMIT 100"));
}

/// Items and badges are read from the grants: one that does not say which would be owned by nobody.
std::vector<std::string> grants_of_nothing(Snapshot& snapshot) {
  return lines_of(snapshot.list<RequestId>(
      "SELECT request_id FROM reward_grants WHERE (type = 'BADGE' AND metadata->>'badgeId' IS NULL) OR (type = 'ITEM'"
      " AND (metadata->>'itemId' IS NULL OR coalesce(CAST(metadata->>'quantity' AS BIGINT), 0) < 1)) LIMIT 100"));
}

}  // namespace

std::vector<Invariant> invariants() {
  std::vector<Invariant> all{
      {.name = "I9", .rule = "A reward's stock is between 0 and its quantity.", .violations = stock_outside_bounds},
      {.name = "I10",
       .rule = "What is missing from a reward's stock was granted or is held by a pending request.",
       .violations = stock_that_went_elsewhere},
      {.name = "I10",
       .rule = "Only a request that waits for a decision holds stock.",
       .violations = holds_of_decided_requests},
      {.name = "I10", .rule = "A reward counts exactly its grants.", .violations = miscounted_grants},
      {.name = "I10", .rule = "A pool counts exactly its codes.", .violations = miscounted_codes},
      {.name = "I10", .rule = "Every code that nobody was given belongs to a pool.", .violations = codes_without_pool},
      {.name = "I11",
       .rule = "A user has at most one live request in an event.",
       .violations = users_with_two_live_requests},
      {.name = "I12", .rule = "An approved request has granted something.", .violations = approvals_without_grant},
      {.name = "I12", .rule = "Only an approved request grants.", .violations = grants_without_approval},
      {.name = "I15", .rule = "A user's balance is the sum of the ledger.", .violations = balances_that_are_no_sum},
      {.name = "I15", .rule = "Whoever has a ledger has a wallet.", .violations = ledgers_without_wallet},
      {.name = "I15", .rule = "A wallet counts exactly the entries of its ledger.", .violations = miscounted_entries},
      {.name = "I15",
       .rule = "Every entry shows the sum of the ledger up to it.",
       .violations = running_balances_that_are_no_sum},
      {.name = "I15", .rule = "Every ledger entry has a grant as its cause.", .violations = entries_without_cause},
      {.name = "I15", .rule = "Every grant of points is in the ledger.", .violations = points_never_credited},
      {.name = "I15",
       .rule = "Every ledger entry has the amount of its grant.",
       .violations = entries_of_another_amount},
      {.name = "I16", .rule = "Every code that was given belongs to a grant.", .violations = codes_without_grant},
      {.name = "I16", .rule = "A grant has one code of a pool at most.", .violations = requests_with_two_codes},
      {.name = "I16", .rule = "Every coupon that was granted has a code.", .violations = coupons_without_code},
      {.name = "reward.types", .rule = "A grant has the type of its reward.", .violations = grants_of_another_type},
      {.name = "reward.belongings",
       .rule = "Every granted item and badge says which it is.",
       .violations = grants_of_nothing},
  };
  for (auto& invariant : decision_invariants()) all.push_back(std::move(invariant));
  return all;
}

}  // namespace guerdon::reward
