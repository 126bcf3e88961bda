// SQL of reward requests and what they granted.
#include "../repository.hpp"

#include "guerdon/page.hpp"

namespace guerdon::reward {

bool add_request(Tx& tx, const RequestRow& r) {
  return tx.exec(
             "INSERT INTO reward_requests (id, user_id, event_id, status, holds_stock, requested_at, updated_at)"
             " VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT DO NOTHING",
             r.id, r.user_id, r.event_id, r.status, r.holds_stock, r.requested_at) == 1;
}

std::optional<RequestRow> find_request(Snapshot& snapshot, RequestId id) {
  return snapshot.find<RequestRow>(
      "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, reason, updated_at"
      " FROM reward_requests WHERE id = $1",
      id);
}

std::optional<RequestRow> find_live_request(Snapshot& snapshot, UserId user, event::EventId event) {
  return snapshot.find<RequestRow>(
      "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, reason, updated_at"
      " FROM reward_requests WHERE user_id = $1 AND event_id = $2 AND status <> 'REJECTED'",
      user, event);
}

bool decide_request(Tx& tx, RequestId id, RequestStatus status, const std::optional<std::string>& reason) {
  return tx.exec(
             "UPDATE reward_requests SET status = $2, processed_at = $3, reason = $4, updated_at = $3"
             " WHERE id = $1 AND status = 'PENDING'",
             id, status, tx.now(), reason) == 1;
}

std::vector<RequestRow> page_requests(Snapshot& snapshot, std::optional<UserId> user, const RequestListQuery& query,
                                      std::optional<Uuid> before, std::int64_t limit) {
  if (user)
    return snapshot.list<RequestRow>(
        "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, reason, updated_at"
        " FROM reward_requests WHERE user_id = $1 AND ($2 IS NULL OR event_id = $2) AND ($3 IS NULL OR status = $3)"
        " AND ($4 IS NULL OR requested_at >= $4) AND ($5 IS NULL OR requested_at < $5) AND id < $6"
        " ORDER BY id DESC LIMIT $7",
        *user, query.event_id, query.status, query.from, query.to, below(before), limit);
  if (query.event_id)
    return snapshot.list<RequestRow>(
        "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, reason, updated_at"
        " FROM reward_requests WHERE event_id = $1 AND ($2 IS NULL OR status = $2)"
        " AND ($3 IS NULL OR requested_at >= $3) AND ($4 IS NULL OR requested_at < $4) AND id < $5"
        " ORDER BY id DESC LIMIT $6",
        *query.event_id, query.status, query.from, query.to, below(before), limit);
  if (query.status == RequestStatus::pending)  // the operators' queue: said in full, so that its own index serves it
    return snapshot.list<RequestRow>(
        "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, reason, updated_at"
        " FROM reward_requests WHERE status = 'PENDING'"
        " AND ($1 IS NULL OR requested_at >= $1) AND ($2 IS NULL OR requested_at < $2) AND id < $3"
        " ORDER BY id DESC LIMIT $4",
        query.from, query.to, below(before), limit);
  return snapshot.list<RequestRow>(
      "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, reason, updated_at"
      " FROM reward_requests WHERE ($1 IS NULL OR status = $1)"
      " AND ($2 IS NULL OR requested_at >= $2) AND ($3 IS NULL OR requested_at < $3) AND id < $4"
      " ORDER BY id DESC LIMIT $5",
      query.status, query.from, query.to, below(before), limit);
}

void add_grant(Tx& tx, const RequestRow& request, const RewardView& reward) {
  tx.exec(
      "INSERT INTO reward_grants (request_id, reward_id, user_id, type, name, metadata, granted_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      request.id, reward.id, request.user_id, reward.type, reward.name, reward.metadata, tx.now());
}

std::vector<GrantView> list_grants(Snapshot& snapshot, RequestId request) {
  return snapshot.list<GrantView>(
      "SELECT reward_id, type, name, metadata, granted_at FROM reward_grants WHERE request_id = $1 ORDER BY reward_id",
      request);
}

}  // namespace guerdon::reward
