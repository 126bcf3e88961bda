// SQL of what users own besides points. The grants are the only book of it.
#include "../repository.hpp"

namespace guerdon::reward {

std::vector<WalletItem> list_items(Snapshot& snapshot, UserId user, bool with_deleted) {
  return snapshot.list<WalletItem>(
      "SELECT metadata->>'itemId', CAST(sum(CAST(metadata->>'quantity' AS BIGINT)) AS BIGINT) FROM reward_grants"
      " WHERE user_id = $1 AND type = 'ITEM' AND ($2 OR deleted_by IS NULL)"
      " GROUP BY metadata->>'itemId' ORDER BY metadata->>'itemId'",
      user, with_deleted);
}

std::vector<CouponRow> list_coupons(Snapshot& snapshot, UserId user, bool with_deleted) {
  return snapshot.list<CouponRow>(
      "SELECT g.reward_id, q.event_id, g.metadata, c.code, g.granted_at FROM reward_grants g"
      " JOIN reward_requests q ON q.id = g.request_id"
      " LEFT JOIN reward_codes c ON c.request_id = g.request_id AND c.reward_id = g.reward_id"
      " WHERE g.user_id = $1 AND g.type = 'COUPON' AND ($2 OR g.deleted_by IS NULL)"
      " ORDER BY g.granted_at DESC, g.request_id DESC, g.reward_id DESC",
      user, with_deleted);
}

std::vector<WalletBadge> list_badges(Snapshot& snapshot, UserId user, bool with_deleted) {
  return snapshot.list<WalletBadge>(
      "WITH granted AS (SELECT g.metadata->>'badgeId' AS badge_id, q.event_id, g.granted_at, g.request_id,"
      " row_number() OVER (PARTITION BY g.metadata->>'badgeId' ORDER BY g.granted_at, g.request_id, g.reward_id) AS nth"
      " FROM reward_grants g JOIN reward_requests q ON q.id = g.request_id"
      " WHERE g.user_id = $1 AND g.type = 'BADGE' AND ($2 OR g.deleted_by IS NULL))"
      " SELECT badge_id, event_id, granted_at FROM granted WHERE nth = 1 ORDER BY granted_at DESC, request_id DESC",
      user, with_deleted);
}

}  // namespace guerdon::reward
