// The queue of events whose users are to be served. Whoever adds to it waits for nobody: a row is written once, and
// only the pump that works it off changes it. SQL only.
#pragma once

#include "../repository.hpp"

namespace guerdon::reward {

struct BacklogTag {
  static constexpr std::string_view prefix = "blg";
};
using BacklogId = Id<BacklogTag>;

/// Users of the event who have met its condition, from after `after_user` on; or one of them alone.
struct Backlog {
  BacklogId id;
  event::EventId event_id;
  std::optional<UserId> only_user;
  std::optional<UserId> after_user;
  std::int64_t failures = 0;
  Instant next_at;
};
BOOST_DESCRIBE_STRUCT(Backlog, (), (id, event_id, only_user, after_user, failures, next_at))

/// Everybody in the event, from the first on. Another round that is under way goes on, or gives way to this one.
void begin_backlog(Tx& tx, event::EventId event);
void add_backlog(Tx& tx, const Backlog& backlog);
/// The one that is due first of those that nobody works off; it is nobody else's until the commit.
std::optional<Backlog> next_backlog(Tx& tx);
/// Is there a round of the same event that begins with the first user while this one has passed them?
bool is_superseded(Snapshot& snapshot, const Backlog& backlog);
void save_backlog(Tx& tx, const Backlog& backlog);
void end_backlog(Tx& tx, BacklogId id);

}  // namespace guerdon::reward
