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

[[nodiscard]] bool is_exhausted(const std::vector<RewardRow>& rewards);

/// Takes one of each reward's stock for a request that waits, and notes what it holds. The caller has locked the
/// rewards and seen that none is exhausted.
void reserve_stock(Tx& tx, RequestId request, const std::vector<RewardRow>& rewards);

enum class Approved { yes, exhausted, decided };

/// Turns the pending request into an approved one and grants every reward, which the caller has locked; their stock is
/// brought up to date. Nothing is done when one of them is exhausted, or when the request is no longer pending.
[[nodiscard]] Approved approve(Tx& tx, const RequestRow& request, std::vector<RewardRow>& rewards,
                               const Verdict& verdict);

/// Turns the pending request into a rejected one and gives back the stock it holds: where it may hold some, the caller
/// has locked the event's rewards. False when it is no longer pending.
bool reject(Tx& tx, const RequestRow& request, const Verdict& verdict);

}  // namespace guerdon::reward
