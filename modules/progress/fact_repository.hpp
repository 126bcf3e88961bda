// The rows of what users did. SQL only; no decisions.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "event/ids.hpp"
#include "facts.hpp"
#include "guerdon/actor.hpp"
#include "guerdon/store.hpp"
#include "model.hpp"
#include "progress/messages.hpp"

namespace guerdon::progress {

struct ActivityRow {
  ActivityId id;
  ActorId source;           ///< who posted it
  std::string external_id;  ///< as the source calls it, unique with it
  UserId user_id;
  std::string type;
  Instant at;
  json::object attributes;
};
BOOST_DESCRIBE_STRUCT(ActivityRow, (), (id, source, external_id, user_id, type, at, attributes))

[[nodiscard]] Fact fact_of(const ActivityRow& row);

struct Invitation {
  UserId inviter_id;
  std::optional<Instant> first_login_at;  ///< of the invited user
  std::optional<Uuid> deleted_by;         ///< the deletion that hides it
  bool is_self = false;                   ///< inviter and invitee are one person

  [[nodiscard]] bool counts() const { return !deleted_by && !is_self; }
};
BOOST_DESCRIBE_STRUCT(Invitation, (), (inviter_id, first_login_at, deleted_by, is_self))

void add_login(Tx& tx, UserId user, Instant at);
void add_session(Tx& tx, UserId user, Instant at);
/// False if its source has posted that id before.
[[nodiscard]] bool add_activity(Tx& tx, const ActivityRow& row);
[[nodiscard]] std::optional<ActivityRow> find_activity(Snapshot& snapshot, ActivityId id);
/// From now on it is in every state that it belongs to.
void mark_counted(Tx& tx, ActivityId id);
/// `is_self` where inviter and invitee are one person: kept, and never counted. Under the mark of the inviter's
/// deletion, if they are leaving. Empty if it is known already.
[[nodiscard]] std::optional<Invitation> add_invitation(Tx& tx, UserId invitee, UserId inviter, Instant signed_up_at,
                                                       bool is_self, const std::optional<Uuid>& mark);
/// Notes that an invited user has logged in at `at`; empty if they were not invited or that is not the first time.
[[nodiscard]] std::optional<Invitation> note_first_login(Tx& tx, UserId invitee, Instant at);

/// A user's facts of these sources within the period, in their order.
[[nodiscard]] std::vector<Fact> list_facts(Snapshot& snapshot, UserId user, const Interval& period,
                                           const Sources& sources);

/// A registration that counts for nothing: of oneself, or of a user who has not logged in yet (which is enough for
/// conditions on registrations only).
struct VoidInvitation {
  FactKey key;
  bool is_self = false;
};
[[nodiscard]] std::vector<VoidInvitation> list_void_invitations(Snapshot& snapshot, UserId inviter,
                                                                const Interval& period);

/// Users who have facts of whatever time and source, by id, after `after`; `counts` where some are in the period and
/// the event has no state of theirs.
struct FactUser {
  UserId user_id;
  bool counts = false;
};
BOOST_DESCRIBE_STRUCT(FactUser, (), (user_id, counts))
[[nodiscard]] std::vector<FactUser> list_fact_users(Snapshot& snapshot, event::EventId event, const Interval& period,
                                                    std::optional<UserId> after, std::int64_t limit);

}  // namespace guerdon::progress
