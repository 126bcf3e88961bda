// Decides what becomes of a request. Whether it is the only live one is decided by its index, not by looking first.
#include "requests.hpp"

#include <stdexcept>

#include "auth/ports.hpp"
#include "event/visibility.hpp"
#include "granting.hpp"
#include "grants.hpp"
#include "making.hpp"
#include "model.hpp"
#include "progress/ports.hpp"
#include "request_views.hpp"

namespace guerdon::reward {
namespace {

/// `live` is empty where the request that stood in the way has just been rejected.
Error already_requested(const std::optional<RequestRow>& live) {
  Error error{refusals::already_requested, "there is a request for this event already"};
  if (!live) return error;
  if (live->deleted_at) return {refusals::already_requested, "there was a request for this event, which is deleted"};
  return std::move(error).with("request", named(*live));
}

/// What the event has to give; locked, where the request takes of it at once. Errors: no-rewards, rewards-exhausted.
Result<std::vector<RewardRow>> rewards_for(Tx& tx, event::EventId event, bool takes_stock) {
  auto rewards = takes_stock ? lock_rewards_in_stock(tx, event) : list_rewards(tx, event);
  const bool has_none = rewards.empty() && (!takes_stock || list_rewards(tx, event).empty());
  if (has_none) return Error{refusals::no_rewards, "the event has no rewards yet"};
  if (rewards.empty() || is_exhausted(rewards))
    return Error{refusals::rewards_exhausted, "nothing is left of at least one reward"};
  return rewards;
}

}  // namespace

Result<RequestView> Requests::ask(Tx& tx, const Caller& caller, event::EventId id) {
  if (const auto present = auth::check_present(tx, caller.id()); !present) return present.error();
  const auto event = event::lock_event_or_deleted(tx, id);
  if (!event || event->state == event::EventState::draft) return Error{problems::not_found, "there is no such event"};
  if (event->deleted_at) return Error{refusals::event_deleted, "the event is deleted"};
  if (const auto live = find_live_request(tx, caller.id(), id)) return already_requested(live);

  const auto met = progress::met_at(tx, id, caller.id());
  if (const auto open = check_takes_requests(*event, met, tx.now()); !open) return open.error();
  const bool is_manual = event->approval == event::Approval::manual;
  auto rewards = rewards_for(tx, id, is_manual || met);
  if (!rewards) return rewards.error();

  const auto row = make_request(tx, caller.id(), id, is_manual);
  if (!row) return already_requested(find_live_request(tx, caller.id(), id));
  if (is_manual)
    reserve_stock(tx, row->id, *rewards);
  else if (met && approve(tx, *row, *rewards, by_server()) != Approved::yes)
    throw std::logic_error("a request that was just made could not be approved");
  return view_of(tx, find_request(tx, row->id).value(), Codes::clear);
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
