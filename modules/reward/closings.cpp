// The row of a closing only says when to look: what the event is by then decides.
#include "closings.hpp"

#include <algorithm>
#include <set>

#include "auth/ports.hpp"
#include "decision_audit.hpp"
#include "event/ports.hpp"
#include "granting.hpp"
#include "guerdon/attempt.hpp"
#include "model.hpp"
#include "repository/decisions.hpp"

namespace guerdon::reward {
namespace {

constexpr std::int64_t batch_size = 20;
constexpr std::chrono::days look_again{1};    // at what is frozen
constexpr std::chrono::minutes last_look{1};  // at a request that another server took in the last moment
constexpr std::chrono::hours try_again{1};    // what is damaged

void postpone(Tx& tx, Closing closing, Instant due_at) {
  closing.due_at = due_at;
  closing.before_at.reset();
  closing.before_id.reset();
  save_closing(tx, closing);
}

/// The next requests that wait, and who of their users is there: held, by id, before anything else is locked.
struct Batch {
  std::vector<RequestRow> rows;
  std::set<UserId> present;
};

Batch next_batch(Tx& tx, const Closing& closing) {
  const RequestFilter filter{.user = {},
                             .event = closing.event_id,
                             .status = RequestStatus::pending,
                             .from = {},
                             .below = {.requested_at = closing.before_at.value_or(tx.now() + last_look),
                                       .id = closing.before_id.value_or(RequestId{})}};
  Batch batch{.rows = page_requests(tx, filter, batch_size), .present = {}};
  for (const auto& row : batch.rows) batch.present.insert(row.user_id);
  std::erase_if(batch.present, [&](const UserId user) { return !auth::check_present(tx, user); });
  return batch;
}

/// Rejects those of a batch; false when it was the last one. The requests of who is going or gone are frozen.
bool close_batch(Tx& tx, Closing& closing, Batch& batch) {
  auto& rows = batch.rows;
  if (rows.empty()) return false;
  closing.before_at = rows.back().requested_at;
  closing.before_id = rows.back().id;

  (void)lock_rewards(tx, closing.event_id);           // whose stock goes back
  std::ranges::sort(rows, {}, &RequestRow::user_id);  // one of each: as everybody locks them
  std::vector<RequestRow> rejected;
  for (const auto& row : rows) {
    const auto reject_it = [&] {
      if (batch.present.contains(row.user_id) && reject(tx, row, by_server(reason_event_over))) rejected.push_back(row);
    };
    (void)attempt(tx, row.id.to_string(), reject_it);  // who is damaged waits on and holds up nobody
  }
  for (const auto& row : rejected) record_rejection(tx, Caller{}, row, reason_event_over);
  return static_cast<std::int64_t>(rows.size()) == batch_size;
}

/// At an event that is due, whatever it has become since that was noted.
void look_at(Tx& tx, Closing closing) {
  auto batch = next_batch(tx, closing);
  const auto event = event::lock_event(tx, closing.event_id);
  if (!event) return postpone(tx, closing, tx.now() + look_again);
  const auto due = closes_at(*event);
  if (!due) return end_closing(tx, closing.event_id);
  if (*due > tx.now()) return postpone(tx, closing, *due);
  if (close_batch(tx, closing, batch)) return save_closing(tx, closing);
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
  if (!attempt(tx, "the closing of " + closing->event_id.to_string(), [&] { look_at(tx, *closing); }))
    postpone(tx, *closing, tx.now() + try_again);
  return {.more = true};
}

}  // namespace guerdon::reward
