// Decides what becomes of a request. Uniqueness and stock are decided by guarded statements, not by looking first.
#include "requests.hpp"

#include <algorithm>

#include "auth/ports.hpp"
#include "event/visibility.hpp"
#include "granting.hpp"
#include "grants.hpp"
#include "model.hpp"
#include "progress/ports.hpp"
#include "request_views.hpp"
#include "subscribers.hpp"

namespace guerdon::reward {
namespace {

constexpr std::int64_t backlog_chunk = 20;

/// `live` is empty where the request that stood in the way has just been rejected.
Error already_requested(const std::optional<RequestRow>& live) {
  Error error{refusals::already_requested, "there is a request for this event already"};
  if (!live) return error;
  if (live->deleted_at) return {refusals::already_requested, "there was a request for this event, which is deleted"};
  return std::move(error).with("request", named(*live));
}

bool is_exhausted(const std::vector<RewardView>& rewards) {
  return std::any_of(rewards.begin(), rewards.end(), [](const RewardView& r) { return r.remaining == 0; });
}

/// A pending request of the user, made now; empty when there is a live one already.
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

/// In a savepoint of its own, so that a reward that is out of stock leaves nothing behind.
Result<void> try_approve(Tx& tx, const RequestRow& row, const std::vector<RewardView>& rewards) {
  return tx.savepoint([&]() -> Result<void> {
    if (approve(tx, row, rewards, by_server())) return {};
    return Error{refusals::rewards_exhausted, "nothing is left of at least one reward"};
  });
}

/// Who did not ask gets a request only together with its approval.
void make_and_approve(Tx& tx, event::EventId event, UserId user, const std::vector<RewardView>& rewards) {
  (void)tx.savepoint([&]() -> Result<void> {
    const auto row = make_request(tx, user, event, false);
    if (!row) return Error{refusals::already_requested};
    if (approve(tx, *row, rewards, by_server())) return {};
    return Error{refusals::rewards_exhausted};
  });
}

}  // namespace

Result<RequestView> Requests::ask(Tx& tx, const Caller& caller, event::EventId id) {
  if (const auto present = auth::check_present(tx, caller.id()); !present) return present.error();
  const auto event = event::find_event_or_deleted(tx, id);
  if (!event || event->state == event::EventState::draft) return Error{problems::not_found, "there is no such event"};
  if (event->deleted_at) return Error{refusals::event_deleted, "the event is deleted"};
  if (const auto live = find_live_request(tx, caller.id(), id)) return already_requested(live);

  const auto met = progress::met_at(tx, id, caller.id());
  if (const auto open = check_takes_requests(*event, met, tx.now()); !open) return open.error();
  const auto rewards = list_rewards(tx, id);
  if (rewards.empty()) return Error{refusals::no_rewards, "the event has no rewards yet"};
  if (is_exhausted(rewards)) return Error{refusals::rewards_exhausted, "nothing is left of at least one reward"};

  const bool is_manual = event->approval == event::Approval::manual;
  auto row = make_request(tx, caller.id(), id, is_manual);
  if (!row) return already_requested(find_live_request(tx, caller.id(), id));
  const bool served = is_manual ? reserve_stock(tx, row->id, rewards) : !met || approve(tx, *row, rewards, by_server());
  if (!served) return Error{refusals::rewards_exhausted, "nothing is left of at least one reward"};
  return view_of(tx, find_request(tx, row->id).value(), Codes::clear);
}

Result<void> Requests::serve(Tx& tx, event::EventId id, UserId user) {
  const auto event = event::find_event(tx, id);
  if (!event || event->approval == event::Approval::manual || !auth::takes_part(tx, user)) return {};
  const auto rewards = list_rewards(tx, id);
  if (rewards.empty()) return {};

  // While the event is paused, or too long over, nobody's request is made for them; one that waits may still be
  // decided.
  const bool takes_requests = check_takes_requests(*event, progress::met_at(tx, id, user), tx.now()).has_value();
  if (takes_requests && !find_live_request(tx, user, id) && !was_turned_down(tx, user, id))
    make_and_approve(tx, id, user, rewards);
  const auto waiting = find_live_request(tx, user, id);
  if (!waiting || waiting->status != RequestStatus::pending || waiting->deleted_at) return {};
  if (!try_approve(tx, *waiting, rewards)) reject(tx, *waiting, by_server(reason_exhausted));
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
  const auto users = progress::list_met(tx, backlog->event_id, backlog->after_user, backlog_chunk);
  for (const UserId user : users) (void)serve(tx, backlog->event_id, user);
  if (static_cast<std::int64_t>(users.size()) < backlog_chunk) {
    end_backlog(tx, backlog->event_id);
    return {.more = true};
  }
  backlog->after_user = users.back();
  save_backlog(tx, *backlog);
  return {.more = true};
}

Result<RequestView> Requests::get_request(Snapshot& snapshot, const Caller& caller, RequestId id,
                                          const RequestQuery& query) const {
  if (const auto may = event::check_may_include_deleted(caller, query.include_deleted); !may) return may.error();
  const bool with_deleted = query.include_deleted.value_or(false);
  const auto row = with_deleted ? find_request_or_deleted(snapshot, id) : find_request(snapshot, id);
  if (!row || (row->user_id != caller.user && !caller.is_staff()))
    return Error{problems::not_found, "there is no such request"};
  return view_of(snapshot, *row, codes_for(caller, row->user_id));
}

Result<Page<RequestView>> Requests::list_requests(Snapshot& snapshot, const Caller& caller,
                                                  const RequestListQuery& query) const {
  if (const auto may = event::check_may_include_deleted(caller, query.include_deleted); !may) return may.error();
  std::optional<UserId> user;  // staff see everybody's
  if (query.user_id || !caller.is_staff()) {
    const auto subject = subject_of(caller, query.user_id);
    if (!subject) return subject.error();
    user = *subject;
  }
  return page_of_requests(snapshot, cursors_, user, query);
}

}  // namespace guerdon::reward
