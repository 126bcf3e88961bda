// The unique index of live requests decides, not a look beforehand.
#include "making.hpp"

#include "guerdon/bus.hpp"

namespace guerdon::reward {

std::optional<RequestRow> make_request(Tx& tx, UserId user, event::EventId event, bool holds_stock) {
  const RequestRow row{.id = tx.new_id<RequestId>(),
                       .user_id = user,
                       .event_id = event,
                       .status = RequestStatus::pending,
                       .holds_stock = holds_stock,
                       .requested_at = tx.now(),
                       .processed_at = {},
                       .operator_id = {},
                       .operator_key = {},
                       .reason = {},
                       .updated_at = tx.now()};
  if (!add_request(tx, row)) return std::nullopt;
  publish(tx, RewardRequested{.request_id = row.id, .user_id = user, .event_id = event, .requested_at = tx.now()});
  return row;
}

}  // namespace guerdon::reward
