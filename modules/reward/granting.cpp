// Guarded updates decide who gets the last one; the caller's savepoint undoes what a refusal leaves behind.
#include "granting.hpp"

#include <algorithm>

#include "guerdon/bus.hpp"
#include "model.hpp"
#include "reward/messages.hpp"

namespace guerdon::reward {
namespace {

void credit(Tx& tx, const RequestRow& request, const RewardView& reward) {
  const auto amount = points_of(reward.metadata).value();
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

bool grant(Tx& tx, const RequestRow& request, const RewardView& reward) {
  const bool is_held = request.holds_stock && reward.id.uuid() < request.id.uuid();  // not of a reward that came later
  if (is_held)
    count_grant(tx, reward.id);
  else if (!take_stock_and_count_grant(tx, reward.id))
    return false;

  add_grant(tx, request, reward);
  credit(tx, request, reward);
  publish(tx, RewardGranted{.request_id = request.id,
                            .reward_id = reward.id,
                            .user_id = request.user_id,
                            .event_id = request.event_id,
                            .reward_type = reward.type,
                            .metadata = reward.metadata,
                            .granted_at = tx.now()});
  return true;
}

}  // namespace

bool reserve_stock(Tx& tx, const std::vector<RewardView>& rewards) {
  return std::all_of(rewards.begin(), rewards.end(), [&](const RewardView& r) { return take_stock(tx, r.id); });
}

bool approve(Tx& tx, const RequestRow& request, const std::vector<RewardView>& rewards) {
  if (!decide_request(tx, request.id, RequestStatus::approved, std::nullopt)) return false;
  publish(tx, RewardRequestApproved{.request_id = request.id,
                                    .user_id = request.user_id,
                                    .event_id = request.event_id,
                                    .processed_at = tx.now()});
  return std::all_of(rewards.begin(), rewards.end(), [&](const RewardView& r) { return grant(tx, request, r); });
}

}  // namespace guerdon::reward
