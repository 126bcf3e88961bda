// SQL of reward requests and what they granted.
#include "../repository.hpp"

namespace guerdon::reward {

bool add_request(Tx& tx, const RequestRow& r) {
  return tx.exec(
             "INSERT INTO reward_requests (id, user_id, event_id, status, holds_stock, requested_at, updated_at)"
             " VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT DO NOTHING",
             r.id, r.user_id, r.event_id, r.status, r.holds_stock, r.requested_at) == 1;
}

std::optional<RequestRow> find_request(Snapshot& snapshot, RequestId id) {
  auto row = find_request_or_deleted(snapshot, id);
  return row && row->deleted_at ? std::nullopt : row;
}

std::optional<RequestRow> find_request_or_deleted(Snapshot& snapshot, RequestId id) {
  return snapshot.find<RequestRow>(
      "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, operator_key, "
      "reason,"
      " updated_at, deleted_at FROM reward_requests WHERE id = $1",
      id);
}

std::optional<RequestRow> find_live_request(Snapshot& snapshot, UserId user, event::EventId event) {
  return snapshot.find<RequestRow>(
      "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, operator_key, "
      "reason,"
      " updated_at, deleted_at FROM reward_requests WHERE user_id = $1 AND event_id = $2 AND status <> 'REJECTED'",
      user, event);
}

// The bound is a pair, so that the index leads to the page's first row.
std::vector<RequestRow> page_requests(Snapshot& snapshot, const RequestFilter& f, std::int64_t limit) {
  if (f.user)
    return snapshot.list<RequestRow>(
        "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, operator_key,"
        " reason, updated_at, deleted_at FROM reward_requests"
        " WHERE user_id = $1 AND ($2 IS NULL OR event_id = $2) AND ($3 IS NULL OR status = $3)"
        " AND requested_at >= $4 AND (requested_at, id) < ($5, $6) AND ($8 OR deleted_at IS NULL)"
        " ORDER BY requested_at DESC, id DESC LIMIT $7",
        *f.user, f.event, f.status, f.from, f.below.requested_at, f.below.id, limit, f.with_deleted);
  if (f.event)
    return snapshot.list<RequestRow>(
        "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, operator_key,"
        " reason, updated_at, deleted_at FROM reward_requests WHERE event_id = $1 AND status = $2"
        " AND requested_at >= $3 AND (requested_at, id) < ($4, $5) AND ($7 OR deleted_at IS NULL)"
        " ORDER BY requested_at DESC, id DESC LIMIT $6",
        *f.event, f.status.value(), f.from, f.below.requested_at, f.below.id, limit, f.with_deleted);
  return snapshot.list<RequestRow>(
      "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, operator_key,"
      " reason, updated_at, deleted_at FROM reward_requests WHERE status = $1"
      " AND requested_at >= $2 AND (requested_at, id) < ($3, $4) AND ($6 OR deleted_at IS NULL)"
      " ORDER BY requested_at DESC, id DESC LIMIT $5",
      f.status.value(), f.from, f.below.requested_at, f.below.id, limit, f.with_deleted);
}

void add_grant(Tx& tx, const RequestRow& request, const RewardRow& reward) {
  tx.exec(
      "INSERT INTO reward_grants (request_id, reward_id, user_id, type, name, metadata, granted_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      request.id, reward.id, request.user_id, reward.type, reward.name, reward.metadata, tx.now());
}

std::vector<GrantRow> list_grants(Snapshot& snapshot, RequestId request) {
  return snapshot.list<GrantRow>(
      "SELECT g.reward_id, g.type, g.name, g.metadata, g.granted_at, c.code FROM reward_grants g"
      " LEFT JOIN reward_codes c ON c.request_id = g.request_id AND c.reward_id = g.reward_id"
      " WHERE g.request_id = $1 ORDER BY g.reward_id",
      request);
}

}  // namespace guerdon::reward
