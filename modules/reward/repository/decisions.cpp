// SQL of decisions, of the stock that waiting requests hold, and of closings.
#include "decisions.hpp"

namespace guerdon::reward {

std::optional<RequestRow> lock_request(Tx& tx, RequestId id) {
  static constexpr Sql sql{
      "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, operator_key, "
      "reason,"
      " updated_at, deleted_at FROM reward_requests WHERE id = $1",
      "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, operator_key, "
      "reason,"
      " updated_at, deleted_at FROM reward_requests WHERE id = $1 FOR UPDATE"};
  return tx.find<RequestRow>(sql, id);
}

bool decide_request(Tx& tx, RequestId id, RequestStatus status, const Verdict& verdict) {
  return tx.exec(
             "UPDATE reward_requests SET status = $2, processed_at = $3, reason = $4, operator_id = $5,"
             " operator_key = $6, updated_at = $3 WHERE id = $1 AND status = 'PENDING' AND deleted_at IS NULL",
             id, status, tx.now(), verdict.reason, verdict.operator_id, verdict.operator_key) == 1;
}

bool was_turned_down(Snapshot& snapshot, UserId user, event::EventId event) {
  return snapshot.get<bool>(
      "SELECT EXISTS (SELECT 1 FROM reward_requests WHERE user_id = $1 AND event_id = $2 AND status = 'REJECTED'"
      " AND (operator_id IS NOT NULL OR operator_key IS NOT NULL))",
      user, event);
}

bool has_pending(Snapshot& snapshot, event::EventId event) {
  return snapshot.get<bool>("SELECT EXISTS (SELECT 1 FROM reward_requests WHERE event_id = $1 AND status = 'PENDING')",
                            event);
}

void add_hold(Tx& tx, RequestId request, RewardId reward) {
  tx.exec("INSERT INTO reward_holds (request_id, reward_id) VALUES ($1, $2)", request, reward);
}

std::vector<RewardId> list_holds(Snapshot& snapshot, RequestId request) {
  return snapshot.list<RewardId>("SELECT reward_id FROM reward_holds WHERE request_id = $1 ORDER BY reward_id",
                                 request);
}

bool remove_hold(Tx& tx, RequestId request, RewardId reward) {
  return tx.exec("DELETE FROM reward_holds WHERE request_id = $1 AND reward_id = $2", request, reward) == 1;
}

void return_stock(Tx& tx, RewardId id) {
  tx.exec(
      "UPDATE reward_rewards SET remaining = remaining + 1"
      " WHERE id = $1 AND (quantity IS NULL OR remaining < quantity)",
      id);
}

void begin_closing(Tx& tx, event::EventId event, Instant due_at) {
  tx.exec(
      "INSERT INTO reward_closings (event_id, due_at) VALUES ($1, $2)"
      " ON CONFLICT (event_id) DO UPDATE SET due_at = excluded.due_at, before_at = NULL, before_id = NULL",
      event, due_at);
}

std::optional<Closing> next_closing(Tx& tx) {
  static constexpr Sql sql{
      "SELECT event_id, due_at, before_at, before_id FROM reward_closings ORDER BY due_at, event_id LIMIT 1",
      "SELECT event_id, due_at, before_at, before_id FROM reward_closings ORDER BY due_at, event_id LIMIT 1 FOR "
      "UPDATE"};
  return tx.find<Closing>(sql);
}

void save_closing(Tx& tx, const Closing& closing) {
  tx.exec("UPDATE reward_closings SET due_at = $2, before_at = $3, before_id = $4 WHERE event_id = $1",
          closing.event_id, closing.due_at, closing.before_at, closing.before_id);
}

void end_closing(Tx& tx, event::EventId event) { tx.exec("DELETE FROM reward_closings WHERE event_id = $1", event); }

}  // namespace guerdon::reward
