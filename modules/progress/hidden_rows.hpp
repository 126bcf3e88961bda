// Facts and states that a deletion has taken out of sight. They lie in tables of their own, so that nothing that counts
// or lists needs to mind them.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <vector>

#include "repository.hpp"

namespace guerdon::progress {

/// Under one mark a log-in, and a user's state in an event, is hidden once: the state that has met the condition stays,
/// otherwise the newer one. Each returns the number of rows that are in sight no more; the next ones up to the limit.
std::int64_t hide_logins(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit);
std::int64_t hide_states(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit);

/// Exactly the rows of that mark are in sight again. A state that has come into being meanwhile gives way only to one
/// that has met the condition. Each returns the number of rows that were hidden; the next ones up to the limit.
std::int64_t show_logins(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit);
std::int64_t show_states(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit);

/// A state and, where it is hidden, since when.
struct AnyStateRow : StateRow {
  std::optional<Instant> deleted_at;
};
BOOST_DESCRIBE_STRUCT(AnyStateRow, (StateRow), (deleted_at))

/// The one in sight, else the one that was hidden last.
std::optional<AnyStateRow> find_any_state(Snapshot& snapshot, event::EventId event, UserId user);
/// Newest first, hidden ones among them, of a user (in one event only, if given) or of an event.
std::vector<AnyStateRow> list_any_user_states(Snapshot& snapshot, UserId user, std::optional<event::EventId> event,
                                              std::optional<Uuid> before, std::int64_t limit);
std::vector<AnyStateRow> list_any_event_states(Snapshot& snapshot, event::EventId event, std::optional<Uuid> before,
                                               std::int64_t limit);

/// A user whose progress in all events is being derived anew, and how far that is.
struct UserRebuild {
  UserId user_id;
  std::optional<event::EventId> after_event;
  bool quiet = false;  ///< a condition that was met before is not said to be so
};
BOOST_DESCRIBE_STRUCT(UserRebuild, (), (user_id, after_event, quiet))

/// From the first event on, also where it was under way; quiet if that one was too.
void begin_user_rebuild(Tx& tx, UserId user, bool quiet);
/// One that nobody else changes or resets until the commit.
std::optional<UserRebuild> next_user_rebuild(Tx& tx);
void save_user_rebuild(Tx& tx, const UserRebuild& rebuild);
void end_user_rebuild(Tx& tx, UserId user);

}  // namespace guerdon::progress
