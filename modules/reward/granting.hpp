// Approval and rejection: the one place where rewards are given, and where what was held for them goes back.
#pragma once

#include "event/ports.hpp"
#include "guerdon/store.hpp"
#include "repository.hpp"

namespace guerdon::reward {

/// What the server decides by itself, with a reason or without.
[[nodiscard]] Verdict by_server(std::optional<std::string_view> reason = {});
/// Empty for the server.
[[nodiscard]] std::optional<ActorId> actor_of(const Verdict& verdict);

/// Takes one of each limited reward's stock for a request that waits, and notes what it holds. False when one of them
/// is exhausted: call it in a savepoint that is undone then.
bool reserve_stock(Tx& tx, RequestId request, const std::vector<RewardView>& rewards);

/// Turns the pending request into an approved one and grants every reward. False when one of them is exhausted or the
/// request is no longer pending: call it in a savepoint that is undone then.
bool approve(Tx& tx, const RequestRow& request, const std::vector<RewardView>& rewards, const Verdict& verdict);

/// Turns the pending request into a rejected one and gives back the stock it holds. False when it is no longer pending.
bool reject(Tx& tx, const RequestRow& request, const Verdict& verdict);

}  // namespace guerdon::reward
