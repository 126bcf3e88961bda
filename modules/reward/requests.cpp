// Decides what becomes of a request. Uniqueness and stock are decided by guarded statements, not by looking first.
#include "requests.hpp"

#include <algorithm>

#include "auth/ports.hpp"
#include "granting.hpp"
#include "model.hpp"
#include "progress/ports.hpp"
#include "subscribers.hpp"

namespace guerdon::reward {
namespace {

constexpr std::int64_t backlog_chunk = 20;

RequestView view_of(Snapshot& snapshot, const RequestRow& row) {
  return {.id = row.id,
          .user_id = row.user_id,
          .event_id = row.event_id,
          .status = row.status,
          .eligible = row.status == RequestStatus::approved ||
                      progress::met_at(snapshot, row.event_id, row.user_id).has_value(),
          .requested_at = row.requested_at,
          .processed_at = row.processed_at,
          .operator_id = row.operator_id,
          .reason = row.reason,
          .grants = row.status == RequestStatus::approved ? list_grants(snapshot, row.id) : std::vector<GrantView>{},
          .created_at = row.requested_at,
          .updated_at = row.updated_at};
}

Error already_requested(const RequestRow& row) {
  return Error{refusals::already_requested, "there is a request for this event already"}.with(
      "request", json::object{{"id", row.id.to_string()}, {"status", wire_name(row.status)}});
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
                       .reason = {},
                       .updated_at = tx.now()};
  if (!add_request(tx, row)) return std::nullopt;
  publish(tx, RewardRequested{.request_id = row.id, .user_id = user, .event_id = event, .requested_at = tx.now()});
  return row;
}

void reject_exhausted(Tx& tx, const RequestRow& row) {
  if (!decide_request(tx, row.id, RequestStatus::rejected, std::string{reason_exhausted})) return;
  publish(tx, RewardRequestRejected{.request_id = row.id,
                                    .user_id = row.user_id,
                                    .event_id = row.event_id,
                                    .processed_at = tx.now(),
                                    .reason = std::string{reason_exhausted}});
}

/// In a savepoint of its own, so that a reward that is out of stock leaves nothing behind.
Result<void> try_approve(Tx& tx, const RequestRow& row, const std::vector<RewardView>& rewards) {
  return tx.savepoint([&]() -> Result<void> {
    if (approve(tx, row, rewards)) return {};
    return Error{refusals::rewards_exhausted, "nothing is left of at least one reward"};
  });
}

/// Who did not ask gets a request only together with its approval.
void make_and_approve(Tx& tx, event::EventId event, UserId user, const std::vector<RewardView>& rewards) {
  (void)tx.savepoint([&]() -> Result<void> {
    const auto row = make_request(tx, user, event, false);
    if (!row) return Error{refusals::already_requested};
    if (approve(tx, *row, rewards)) return {};
    return Error{refusals::rewards_exhausted};
  });
}

}  // namespace

Result<RequestView> Requests::ask(Tx& tx, const Caller& caller, event::EventId id) {
  const auto event = event::find_event(tx, id);
  if (!event || event->state == event::EventState::draft) return Error{problems::not_found, "there is no such event"};
  if (const auto live = find_live_request(tx, caller.id(), id)) return already_requested(*live);

  const auto met = progress::met_at(tx, id, caller.id());
  if (const auto open = check_takes_requests(*event, met, tx.now()); !open) return open.error();
  const auto rewards = list_rewards(tx, id);
  if (rewards.empty()) return Error{refusals::no_rewards, "the event has no rewards yet"};
  if (is_exhausted(rewards)) return Error{refusals::rewards_exhausted, "nothing is left of at least one reward"};

  const bool is_manual = event->approval == event::Approval::manual;
  auto row = make_request(tx, caller.id(), id, is_manual);
  if (!row) return already_requested(find_live_request(tx, caller.id(), id).value());
  const bool served = is_manual ? reserve_stock(tx, rewards) : !met || approve(tx, *row, rewards);
  if (!served) return Error{refusals::rewards_exhausted, "nothing is left of at least one reward"};
  return view_of(tx, find_request(tx, row->id).value());
}

Result<void> Requests::serve(Tx& tx, event::EventId id, UserId user) {
  const auto event = event::find_event(tx, id);
  if (!event || event->approval == event::Approval::manual || !auth::takes_part(tx, user)) return {};
  const auto rewards = list_rewards(tx, id);
  if (rewards.empty()) return {};

  // While the event is paused, or too long over, nobody's request is made for them; one that waits may still be decided.
  const bool takes_requests = check_takes_requests(*event, progress::met_at(tx, id, user), tx.now()).has_value();
  if (takes_requests && !find_live_request(tx, user, id)) make_and_approve(tx, id, user, rewards);
  const auto waiting = find_live_request(tx, user, id);
  if (!waiting || waiting->status != RequestStatus::pending) return {};
  if (!try_approve(tx, *waiting, rewards)) reject_exhausted(tx, *waiting);
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

Result<RequestView> Requests::get_request(Snapshot& snapshot, const Caller& caller, RequestId id) const {
  const auto row = find_request(snapshot, id);
  if (!row || (row->user_id != caller.user && !caller.is_staff()))
    return Error{problems::not_found, "there is no such request"};
  return view_of(snapshot, *row);
}

Result<Page<RequestView>> Requests::list_requests(Snapshot& snapshot, const Caller& caller,
                                                  const RequestListQuery& query) const {
  std::optional<UserId> user;  // staff see everybody's
  if (query.user_id || !caller.is_staff()) {
    const auto subject = subject_of(caller, query.user_id);
    if (!subject) return subject.error();
    user = *subject;
  }
  auto rows = page_by_id<RequestRow>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) {
        return page_requests(snapshot, user, query, before, limit);
      },
      [](const RequestRow& row) { return row.id.uuid(); });
  if (!rows) return rows.error();

  Page<RequestView> page{.items = {}, .next_cursor = rows->next_cursor};
  for (const auto& row : rows->items) page.items.push_back(view_of(snapshot, row));
  return page;
}

}  // namespace guerdon::reward
