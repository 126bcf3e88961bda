// The requests that one transaction decides, with all that is read for it, locked in the module's order (README,
// Locks).
#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "decision_dto.hpp"
#include "granting.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/store.hpp"
#include "repository.hpp"

namespace guerdon::reward {

struct Approval {
  RequestRow request;
  bool is_override = false;  ///< the condition was not met
};

class Docket {
 public:
  /// Takes the locks. Ids of requests that are not there do no harm.
  Docket(Tx& tx, const Caller& caller, std::span<const RequestId> ids);

  /// One of them, if it is the caller's to decide. Errors: not-found, own-request, event-deleted, user-deleted,
  /// not-pending.
  [[nodiscard]] Result<RequestRow> undecided(RequestId id) const;
  /// Errors: as above, not-eligible, no-rewards, rewards-exhausted. A refusal has written nothing.
  Result<Approval> approve(RequestId id, const ApproveRequest& how);
  /// Errors: those of undecided.
  Result<RequestRow> reject(RequestId id, const RejectRequest& why);

 private:
  void hold_users();
  void lock_events();
  void lock_requests();
  [[nodiscard]] bool grants_points() const;

  Tx& tx_;
  const Caller& caller_;
  std::optional<UserId> self_;  // the caller, or who made the key that calls
  std::map<RequestId, RequestRow> requests_;
  std::map<event::EventId, std::vector<RewardRow>> rewards_;  // of the events that are there
  std::set<UserId> leaving_;
};

/// A request that was decided before: with its id and status.
[[nodiscard]] Error not_pending(const RequestRow& row);

}  // namespace guerdon::reward
