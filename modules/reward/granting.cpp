// The caller has locked what is granted (README, Locks): so what is looked at first still holds when it is written.
#include "granting.hpp"

#include <algorithm>
#include <stdexcept>

#include "guerdon/bus.hpp"
#include "model.hpp"
#include "repository/decisions.hpp"
#include "reward/messages.hpp"

namespace guerdon::reward {
namespace {

void credit(Tx& tx, const RequestRow& request, const RewardRow& reward) {
  const auto amount = terms_of<PointTerms>(reward.metadata).amount.value();
  const auto balance = add_points(tx, request.user_id, amount);
  LedgerRow entry;
  entry.id = tx.new_id<LedgerId>();
  entry.amount = amount;
  entry.balance = balance.points;
  entry.event_id = request.event_id;
  entry.reward_id = reward.id;
  entry.request_id = request.id;
  entry.created_at = tx.now();
  entry.number = balance.entries;
  add_ledger_entry(tx, request.user_id, entry);
}

/// What the type wants besides the grant itself.
void hand_over(Tx& tx, const RequestRow& request, const RewardRow& reward) {
  if (reward.type == RewardType::point) credit(tx, request, reward);
  if (is_pool(reward.type, reward.metadata) && !assign_code(tx, reward.id, request.id))
    throw std::logic_error("a pool of coupons has stock but no free code");
}

void take(Tx& tx, RewardRow& reward) {
  if (!take_stock_and_count_grant(tx, reward.id)) throw std::logic_error("stock went although its reward was locked");
  if (reward.remaining) --*reward.remaining;
}

void grant(Tx& tx, const RequestRow& request, RewardRow& reward) {
  if (request.holds_stock && remove_hold(tx, request.id, reward.id))
    count_grant(tx, reward.id);
  else
    take(tx, reward);
  ++reward.granted;

  add_grant(tx, request, reward);
  hand_over(tx, request, reward);
  publish(tx, RewardGranted{.request_id = request.id,
                            .reward_id = reward.id,
                            .user_id = request.user_id,
                            .event_id = request.event_id,
                            .reward_type = reward.type,
                            .metadata = without_code(reward.metadata, reward.type),
                            .granted_at = tx.now()});
}

/// Is there one of each reward, in stock or held by the request?
bool has_enough(Tx& tx, const RequestRow& request, const std::vector<RewardRow>& rewards) {
  if (!is_exhausted(rewards)) return true;
  if (!request.holds_stock) return false;
  const auto held = list_holds(tx, request.id);
  return std::ranges::all_of(
      rewards, [&](const RewardRow& r) { return r.remaining != 0 || std::ranges::count(held, r.id) > 0; });
}

void give_back(Tx& tx, RequestId request) {
  for (const RewardId reward : list_holds(tx, request))
    if (remove_hold(tx, request, reward)) return_stock(tx, reward);
}

}  // namespace

std::optional<ActorId> actor_of(const Verdict& verdict) {
  if (verdict.operator_key) return ActorId::trusted(verdict.operator_key->to_string());
  if (verdict.operator_id) return ActorId::trusted(verdict.operator_id->to_string());
  return std::nullopt;
}

Verdict by_server(std::optional<std::string_view> reason) {
  Verdict verdict;
  if (reason) verdict.reason = std::string{*reason};
  return verdict;
}

bool is_exhausted(const std::vector<RewardRow>& rewards) {
  return std::ranges::any_of(rewards, [](const RewardRow& reward) { return reward.remaining == 0; });
}

void reserve_stock(Tx& tx, RequestId request, const std::vector<RewardRow>& rewards) {
  for (const auto& reward : rewards) {
    if (!take_stock(tx, reward.id)) throw std::logic_error("stock went although its reward was locked");
    add_hold(tx, request, reward.id);
  }
}

Approved approve(Tx& tx, const RequestRow& request, std::vector<RewardRow>& rewards, const Verdict& verdict) {
  if (!has_enough(tx, request, rewards)) return Approved::exhausted;
  if (!decide_request(tx, request.id, RequestStatus::approved, verdict)) return Approved::decided;
  publish(tx, RewardRequestApproved{.request_id = request.id,
                                    .user_id = request.user_id,
                                    .event_id = request.event_id,
                                    .processed_at = tx.now(),
                                    .operator_id = actor_of(verdict)});
  for (auto& reward : rewards) grant(tx, request, reward);
  if (request.holds_stock) give_back(tx, request.id);  // of rewards that the event no longer has
  return Approved::yes;
}

bool reject(Tx& tx, const RequestRow& request, const Verdict& verdict) {
  if (!decide_request(tx, request.id, RequestStatus::rejected, verdict)) return false;
  if (request.holds_stock) give_back(tx, request.id);
  publish(tx, RewardRequestRejected{.request_id = request.id,
                                    .user_id = request.user_id,
                                    .event_id = request.event_id,
                                    .processed_at = tx.now(),
                                    .reason = verdict.reason.value(),
                                    .operator_id = actor_of(verdict)});
  return true;
}

}  // namespace guerdon::reward
