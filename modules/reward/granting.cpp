// Guarded updates decide who gets the last one; the caller's savepoint undoes what a refusal leaves behind.
#include "granting.hpp"

#include <algorithm>
#include <stdexcept>

#include "guerdon/bus.hpp"
#include "model.hpp"
#include "repository/decisions.hpp"
#include "reward/messages.hpp"

namespace guerdon::reward {
namespace {

void credit(Tx& tx, const RequestRow& request, const RewardView& reward) {
  const auto amount = terms_of<PointTerms>(reward.metadata).amount.value();
  const auto balance = add_points(tx, request.user_id, amount);
  add_ledger_entry(tx, request.user_id,
                   {.id = tx.new_id<LedgerId>(),
                    .amount = amount,
                    .balance = balance,
                    .event_id = request.event_id,
                    .reward_id = reward.id,
                    .request_id = request.id,
                    .created_at = tx.now()});
}

/// What the type wants besides the grant itself.
void hand_over(Tx& tx, const RequestRow& request, const RewardView& reward) {
  if (reward.type == RewardType::point) credit(tx, request, reward);
  if (is_pool(reward.type, reward.metadata) && !assign_code(tx, reward.id, request.id))
    throw std::logic_error("a pool of coupons has stock but no free code");
}

bool grant(Tx& tx, const RequestRow& request, const RewardView& reward) {
  const bool is_held = request.holds_stock && remove_hold(tx, request.id, reward.id);
  if (is_held)
    count_grant(tx, reward.id);
  else if (!take_stock_and_count_grant(tx, reward.id))
    return false;

  add_grant(tx, request, reward);
  hand_over(tx, request, reward);
  publish(tx, RewardGranted{.request_id = request.id,
                            .reward_id = reward.id,
                            .user_id = request.user_id,
                            .event_id = request.event_id,
                            .reward_type = reward.type,
                            .metadata = without_code(reward.metadata, reward.type),
                            .granted_at = tx.now()});
  return true;
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

bool reserve_stock(Tx& tx, RequestId request, const std::vector<RewardView>& rewards) {
  return std::all_of(rewards.begin(), rewards.end(), [&](const RewardView& r) {
    if (!take_stock(tx, r.id)) return false;
    add_hold(tx, request, r.id);
    return true;
  });
}

bool approve(Tx& tx, const RequestRow& request, const std::vector<RewardView>& rewards, const Verdict& verdict) {
  if (!decide_request(tx, request.id, RequestStatus::approved, verdict)) return false;
  publish(tx, RewardRequestApproved{.request_id = request.id,
                                    .user_id = request.user_id,
                                    .event_id = request.event_id,
                                    .processed_at = tx.now(),
                                    .operator_id = actor_of(verdict)});
  if (!std::all_of(rewards.begin(), rewards.end(), [&](const RewardView& r) { return grant(tx, request, r); }))
    return false;
  if (request.holds_stock) give_back(tx, request.id);  // of rewards that the event no longer has
  return true;
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
