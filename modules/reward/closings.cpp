// The row of a closing only says when to look: what the event is by then decides.
#include "closings.hpp"

#include <algorithm>
#include <set>

#include "auth/ports.hpp"
#include "event/ports.hpp"
#include "granting.hpp"
#include "guerdon/audit.hpp"
#include "model.hpp"
#include "repository/decisions.hpp"

namespace guerdon::reward {
namespace {

constexpr std::int64_t batch = 20;
constexpr std::chrono::days look_again{1};    // at what is frozen
constexpr std::chrono::minutes last_look{1};  // at a request that another server took in the last moment

void postpone(Tx& tx, Closing closing, Instant due_at) {
  closing.due_at = due_at;
  closing.before_at.reset();
  closing.before_id.reset();
  save_closing(tx, closing);
}

/// Rejects the waiting requests of one batch; false when it was the last one.
bool close_batch(Tx& tx, Closing& closing) {
  const RequestFilter filter{.user = {},
                             .event = closing.event_id,
                             .status = RequestStatus::pending,
                             .from = {},
                             .below = {.requested_at = closing.before_at.value_or(tx.now() + last_look),
                                       .id = closing.before_id.value_or(RequestId{})}};
  auto rows = page_requests(tx, filter, batch);
  if (rows.empty()) return false;
  closing.before_at = rows.back().requested_at;
  closing.before_id = rows.back().id;

  // All locks first, users before requests and each by id, as decisions take them: so nobody waits for somebody who
  // waits. The requests of who is going or gone are frozen.
  std::set<UserId> users;
  for (const auto& row : rows) users.insert(row.user_id);
  std::erase_if(users, [&](const UserId user) { return !auth::check_present(tx, user); });
  std::ranges::sort(rows, {}, &RequestRow::id);
  for (const auto& row : rows) (void)lock_request(tx, row.id);
  std::int64_t rejected = 0;
  for (const auto& row : rows)
    if (users.contains(row.user_id) && reject(tx, row, by_server(reason_event_over))) ++rejected;
  if (rejected > 0)
    record_audit(tx, Caller{},
                 {.action = "event.requests-closed",
                  .subject = closing.event_id.to_string(),
                  .details = {{"rejected", rejected}, {"reason", reason_event_over}}});
  return static_cast<std::int64_t>(rows.size()) == batch;
}

/// At an event that is due, whatever it has become since that was noted.
void look_at(Tx& tx, Closing closing) {
  const auto event = event::find_event(tx, closing.event_id);
  if (!event) return postpone(tx, closing, tx.now() + look_again);
  const auto due = closes_at(*event);
  if (!due) return end_closing(tx, closing.event_id);
  if (*due > tx.now()) return postpone(tx, closing, *due);
  if (close_batch(tx, closing)) return save_closing(tx, closing);
  if (has_pending(tx, closing.event_id)) return postpone(tx, closing, tx.now() + look_again);
  if (tx.now() < *due + last_look) return postpone(tx, closing, *due + last_look);
  end_closing(tx, closing.event_id);
}

}  // namespace

void plan_closing(Tx& tx, event::EventId id) {
  const auto event = event::find_event(tx, id);
  if (!event) return;
  if (const auto due = closes_at(*event)) return begin_closing(tx, id, *due);
  end_closing(tx, id);
}

PumpResult close_requests(Tx& tx) {
  const auto closing = next_closing(tx);
  if (!closing) return {};
  if (closing->due_at > tx.now()) return {.more = false, .next_at = closing->due_at};
  look_at(tx, *closing);
  return {.more = true};
}

}  // namespace guerdon::reward
