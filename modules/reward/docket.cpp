// Locks first and looks then: what it sees still holds when it commits. The guarded update decides all the same.
#include "docket.hpp"

#include <algorithm>

#include "auth/ports.hpp"
#include "event/ports.hpp"
#include "model.hpp"
#include "progress/ports.hpp"
#include "request_views.hpp"

namespace guerdon::reward {
namespace {

std::optional<UserId> self_of(Snapshot& snapshot, const Caller& caller) {
  return caller.key ? auth::find_key_maker(snapshot, *caller.key) : caller.user;
}

Error no_such_request() { return {problems::not_found, "there is no such request"}; }

Verdict verdict_of(const Caller& caller, const std::optional<Reason>& reason) {
  Verdict verdict{.reason = {}, .operator_id = {}, .operator_key = caller.key};
  if (!caller.key) verdict.operator_id = caller.id();
  if (reason) verdict.reason = reason->value();
  return verdict;
}

}  // namespace

Error not_pending(const RequestRow& row) {
  return Error{refusals::not_pending, "the request has been decided already"}.with("request", named(row));
}

Docket::Docket(Tx& tx, const Caller& caller, std::span<const RequestId> ids)
    : tx_(tx), caller_(caller), self_(self_of(tx, caller)) {
  // Whose they are and of which event never changes: that is read before anything is locked.
  for (const RequestId id : ids)
    if (auto row = find_request_or_deleted(tx, id)) requests_.emplace(id, *std::move(row));
  hold_users();
  lock_events();
  lock_requests();
}

void Docket::hold_users() {
  std::set<UserId> users;
  for (const auto& [id, row] : requests_) users.insert(row.user_id);
  for (const auto user : users)
    if (!auth::check_present(tx_, user)) leaving_.insert(user);
}

void Docket::lock_events() {
  std::set<event::EventId> events;
  for (const auto& [id, row] : requests_) events.insert(row.event_id);
  for (const auto event : events)
    if (event::lock_event(tx_, event)) rewards_.try_emplace(event);
  for (auto& [event, rewards] : rewards_) rewards = lock_rewards(tx_, event);
}

void Docket::lock_requests() {
  std::map<UserId, std::vector<RequestId>> users;  // both by id
  for (const auto& [id, row] : requests_) users[row.user_id].push_back(id);
  const bool wallets_follow = users.size() > 1 && grants_points();
  for (const auto& [user, ids] : users) {
    for (const auto id : ids) {
      if (auto row = lock_request(tx_, id))
        requests_[id] = *std::move(row);
      else
        requests_.erase(id);
    }
    if (wallets_follow && !leaving_.contains(user)) lock_wallet(tx_, user);
  }
}

bool Docket::grants_points() const {
  return std::ranges::any_of(rewards_, [](const auto& of_event) {
    return std::ranges::count(of_event.second, RewardType::point, &RewardRow::type) > 0;
  });
}

Result<RequestRow> Docket::undecided(RequestId id) const {
  const auto found = requests_.find(id);
  if (found == requests_.end()) return no_such_request();
  const auto& row = found->second;
  if (row.deleted_at && !leaving_.contains(row.user_id)) return no_such_request();
  if (row.user_id == self_)
    return Error{refusals::own_request, "nobody decides their own request, nor by a key of theirs"};
  if (!rewards_.contains(row.event_id))
    return Error{refusals::event_deleted, "the event is deleted: its requests wait until it is restored"};
  if (leaving_.contains(row.user_id))
    return Error{problems::user_deleted, "the user is going or gone: the request waits until they are restored"};
  if (row.status != RequestStatus::pending) return not_pending(row);
  return row;
}

Result<Approval> Docket::approve(RequestId id, const ApproveRequest& how) {
  auto row = undecided(id);
  if (!row) return row.error();
  const bool is_eligible = progress::met_at(tx_, row->event_id, row->user_id).has_value();
  if (!is_eligible && !how.override_) return Error{refusals::not_eligible, "the user has not met the condition"};
  auto& rewards = rewards_.at(row->event_id);
  if (rewards.empty()) return Error{refusals::no_rewards, "the event has no rewards"};
  const auto outcome = reward::approve(tx_, *row, rewards, verdict_of(caller_, how.reason));
  if (outcome == Approved::decided) return not_pending(*row);
  if (outcome == Approved::exhausted)
    return Error{refusals::rewards_exhausted, "nothing is left of at least one reward"};
  return Approval{.request = *std::move(row), .is_override = !is_eligible};
}

Result<RequestRow> Docket::reject(RequestId id, const RejectRequest& why) {
  auto row = undecided(id);
  if (row && !reward::reject(tx_, *row, verdict_of(caller_, why.reason))) return not_pending(*row);
  return row;
}

}  // namespace guerdon::reward
