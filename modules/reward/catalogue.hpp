// The use cases of an event's rewards: register, list, get.
#pragma once

#include "dto.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/caller.hpp"

namespace guerdon::reward {

class Catalogue {
 public:
  Catalogue(const CursorCodec& cursors, Pumps& pumps) : cursors_(cursors), pumps_(pumps) {}

  /// An event's first reward also serves users who have met the condition already (see Requests::serve_backlog).
  /// Errors: not-found (event), validation-failed (metadata).
  Result<RewardView> register_reward(Tx& tx, event::EventId event, const RewardRegisterRequest& request);
  /// Errors: not-found, also for an event that the caller may not see.
  Result<RewardView> get_reward(Snapshot& snapshot, const Caller& caller, event::EventId event, RewardId id) const;
  /// Errors: not-found, validation-failed (cursor).
  Result<Page<RewardView>> list_rewards(Snapshot& snapshot, const Caller& caller, event::EventId event,
                                        const RewardListQuery& query) const;

 private:
  const CursorCodec& cursors_;
  Pumps& pumps_;
};

}  // namespace guerdon::reward
