// Approval: the one place where rewards are given.
#pragma once

#include "event/ports.hpp"
#include "guerdon/store.hpp"
#include "repository.hpp"

namespace guerdon::reward {

/// Takes one of each limited reward's stock for a request that waits. False, with nothing taken, when one of them is
/// exhausted: call it in a savepoint that is undone then.
bool reserve_stock(Tx& tx, const std::vector<RewardView>& rewards);

/// Turns the pending request into an approved one and grants every reward. False when one of them is exhausted or the
/// request is no longer pending: call it in a savepoint that is undone then.
bool approve(Tx& tx, const RequestRow& request, const std::vector<RewardView>& rewards);

}  // namespace guerdon::reward
