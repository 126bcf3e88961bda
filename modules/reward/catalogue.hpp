// The use cases of an event's rewards: register, change, delete, fill a pool of codes, list, get. Coupon codes are
// shown masked, whoever asks.
#pragma once

#include "dto.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/codec/decoded.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::reward {

class Catalogue {
 public:
  Catalogue(const CursorCodec& cursors, Pumps& pumps) : cursors_(cursors), pumps_(pumps) {}

  /// An event's first reward also serves users who have met the condition already (see Requests::serve_backlog).
  /// Errors: not-found (event), validation-failed.
  Result<RewardView> register_reward(Tx& tx, const Caller& caller, event::EventId event,
                                     const Decoded<RewardRegisterRequest>& request);
  /// For later grants; what was granted stays as it is. A masked code is taken for the one that it hides. The type, and
  /// whether a coupon has one code or a pool, never change. Errors: not-found, validation-failed,
  /// quantity-below-granted (or below what waiting requests hold).
  Result<RewardView> update_reward(Tx& tx, const Caller& caller, event::EventId event, RewardId id,
                                   const Decoded<RewardUpdateRequest>& request);
  /// It is granted no more; what was granted stays. Errors: not-found.
  Result<None> delete_reward(Tx& tx, const Caller& caller, event::EventId event, RewardId id);
  /// Adds to the stock of a pool. Codes that the pool has had before are counted as duplicates. The first ones of a
  /// pool also serve users who have met the condition already. Errors: not-found, no-code-pool.
  Result<CodesAdded> add_codes(Tx& tx, const Caller& caller, event::EventId event, RewardId id,
                               const CodesRequest& request);

  /// Errors: not-found, also for an event that the caller may not see; forbidden (what is deleted, by who may not see
  /// it).
  Result<RewardView> get_reward(Snapshot& snapshot, const Caller& caller, event::EventId event, RewardId id,
                                const RewardQuery& query = {}) const;
  /// Errors: as above, validation-failed (cursor).
  Result<Page<RewardView>> list_rewards(Snapshot& snapshot, const Caller& caller, event::EventId event,
                                        const RewardListQuery& query) const;

 private:
  void serve_everybody(Tx& tx, event::EventId event);

  const CursorCodec& cursors_;
  Pumps& pumps_;
};

}  // namespace guerdon::reward
