// Serves those who have met a condition: one user as the message comes, or all of an event in chunks. Whoever is
// damaged is put aside and tried again later, so that nobody waits behind them.
#include <algorithm>

#include "auth/ports.hpp"
#include "decision_audit.hpp"
#include "event/ports.hpp"
#include "granting.hpp"
#include "guerdon/attempt.hpp"
#include "making.hpp"
#include "model.hpp"
#include "progress/ports.hpp"
#include "repository/backlog.hpp"
#include "requests.hpp"

namespace guerdon::reward {
namespace {

constexpr std::int64_t chunk = 20;  // users a pass: their event's rewards are locked as long as it takes

/// An event that serves by itself and what it has to give, locked; and whom it could not serve.
struct Counter {
  event::EventInfo event;
  std::vector<RewardRow> rewards;
  std::vector<RequestRow> rejected = {};
};

std::optional<Counter> open_counter(Tx& tx, event::EventId id) {
  auto event = event::lock_event(tx, id);
  if (!event || event->approval == event::Approval::manual) return std::nullopt;
  auto rewards = lock_rewards(tx, id);
  if (rewards.empty()) return std::nullopt;
  return Counter{.event = *std::move(event), .rewards = std::move(rewards)};
}

/// The user's live request. Who did not ask gets one only together with its approval: not while the event is paused or
/// too long over, and not after an operator has turned them down.
std::optional<RequestRow> obtain_request(Tx& tx, const Counter& counter, UserId user, Instant met) {
  if (auto live = find_live_request(tx, user, counter.event.id)) return live;
  const bool may_be_made = check_takes_requests(counter.event, met, tx.now()) && !is_exhausted(counter.rewards) &&
                           !was_turned_down(tx, user, counter.event.id);
  if (!may_be_made) return std::nullopt;
  if (auto made = make_request(tx, user, counter.event.id, false)) return made;
  return find_live_request(tx, user, counter.event.id);  // they have asked at the same moment
}

/// One who takes part, which was asked before the counter was opened.
void serve_user(Tx& tx, Counter& counter, UserId user) {
  const auto met = progress::met_at(tx, counter.event.id, user);
  if (!met) return;  // it was when the message was written
  auto request = obtain_request(tx, counter, user, *met);
  if (!request || request->status != RequestStatus::pending || request->deleted_at) return;
  if (approve(tx, *request, counter.rewards, by_server()) != Approved::exhausted) return;
  if (reject(tx, *request, by_server(reason_exhausted))) counter.rejected.push_back(*std::move(request));
}

/// The last thing in the transaction: see record_audit.
void close_counter(Tx& tx, const Counter& counter) {
  for (const auto& request : counter.rejected) record_rejection(tx, Caller{}, request, reason_exhausted);
}

void serve_alone(Tx& tx, event::EventId event, UserId user) {
  if (!auth::takes_part(tx, user)) return;
  auto counter = open_counter(tx, event);
  if (!counter) return;
  serve_user(tx, *counter, user);
  close_counter(tx, *counter);
}

std::chrono::minutes delay_of(std::int64_t failures) {
  return std::chrono::minutes{1} * (std::int64_t{1} << std::min<std::int64_t>(failures, 6));
}

std::string place_of(const Backlog& backlog) { return "the backlog of " + backlog.event_id.to_string(); }

void put_aside(Tx& tx, const Backlog& backlog, UserId user) {
  add_backlog(tx, {.id = tx.new_id<BacklogId>(),
                   .event_id = backlog.event_id,
                   .only_user = user,
                   .after_user = {},
                   .failures = 1,
                   .next_at = tx.now() + delay_of(1)});
}

/// The next of the event's users; false when they were the last.
bool serve_chunk(Tx& tx, Backlog& backlog) {
  if (is_superseded(tx, backlog)) return false;
  if (backlog.only_user) {
    serve_alone(tx, backlog.event_id, *backlog.only_user);
    return false;
  }
  const auto users = progress::list_met(tx, backlog.event_id, backlog.after_user, chunk);
  auto served = users;  // held, by id, before the event is
  std::erase_if(served, [&](const UserId user) { return !auth::takes_part(tx, user); });
  auto counter = open_counter(tx, backlog.event_id);
  if (!counter) return false;
  for (const UserId user : served) {
    if (attempt(tx, place_of(backlog), [&] { serve_user(tx, *counter, user); })) continue;
    put_aside(tx, backlog, user);
    counter->rewards = lock_rewards(tx, backlog.event_id);  // what was taken is back
  }
  close_counter(tx, *counter);
  if (static_cast<std::int64_t>(users.size()) < chunk) return false;
  backlog.after_user = users.back();
  return true;
}

}  // namespace

Result<void> Requests::serve(Tx& tx, event::EventId id, UserId user) {
  serve_alone(tx, id, user);
  return {};
}

bool Requests::request_backlog(Tx& tx, event::EventId id) {
  const auto event = event::find_event(tx, id);
  const bool is_served = event && event->approval == event::Approval::auto_ &&
                         event->state != event::EventState::draft && event->state != event::EventState::paused;
  if (is_served) begin_backlog(tx, id);
  return is_served;
}

PumpResult Requests::serve_backlog(Tx& tx) {
  auto backlog = next_backlog(tx);
  if (!backlog) return {};
  if (backlog->next_at > tx.now()) return {.more = false, .next_at = backlog->next_at};
  bool goes_on = false;
  if (!attempt(tx, place_of(*backlog), [&] { goes_on = serve_chunk(tx, *backlog); })) {
    backlog->next_at = tx.now() + delay_of(++backlog->failures);
    goes_on = true;
  }
  if (goes_on)
    save_backlog(tx, *backlog);
  else
    end_backlog(tx, backlog->id);
  return {.more = true};
}

}  // namespace guerdon::reward
