// The rows of the progress module. SQL only; no decisions.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "event/messages.hpp"
#include "guerdon/store.hpp"
#include "model.hpp"

namespace guerdon::progress {

struct ProgressTag {
  static constexpr std::string_view prefix = "prg";
};
using ProgressId = Id<ProgressTag>;

struct StateRow {
  ProgressId id;
  event::EventId event_id;
  UserId user_id;
  std::int64_t progress = 0;
  std::int64_t required = 0;
  std::optional<Instant> met_at;
  Instant last_update;
  std::string state;  ///< the fold, as JSON
};
BOOST_DESCRIBE_STRUCT(StateRow, (), (id, event_id, user_id, progress, required, met_at, last_update, state))

enum class RebuildStage { states, facts };
BOOST_DESCRIBE_ENUM(RebuildStage, states, facts)

struct Rebuild {
  event::EventId event_id;
  RebuildStage stage = RebuildStage::states;
  std::optional<UserId> after_user;
};
BOOST_DESCRIBE_STRUCT(Rebuild, (), (event_id, stage, after_user))

std::optional<StateRow> find_state(Snapshot& snapshot, event::EventId event, UserId user);
/// The same, and nobody else changes it until the commit.
std::optional<StateRow> lock_state(Tx& tx, event::EventId event, UserId user);
/// False if another transaction has just made it; then lock it.
bool add_state(Tx& tx, const StateRow& row);
void save_state(Tx& tx, const StateRow& row);
std::vector<UserId> list_state_users(Snapshot& snapshot, event::EventId event, std::optional<UserId> after,
                                     std::int64_t limit);
/// Newest first, of a user (in one event only, if given) or of an event.
std::vector<StateRow> list_user_states(Snapshot& snapshot, UserId user, std::optional<event::EventId> event,
                                       std::optional<Uuid> before, std::int64_t limit);
std::vector<StateRow> list_event_states(Snapshot& snapshot, event::EventId event, std::optional<Uuid> before,
                                        std::int64_t limit);

/// The newest states of events and users that wait for no rebuild, and of users with nothing that waits to be counted.
std::vector<StateRow> list_settled_states(Snapshot& snapshot, std::int64_t limit);

void begin_rebuild(Tx& tx, event::EventId event);
/// The next after that event, or from the first on; nobody else changes or resets it until the commit.
std::optional<Rebuild> next_rebuild(Tx& tx, event::EventId after);
void save_rebuild(Tx& tx, const Rebuild& rebuild);
void end_rebuild(Tx& tx, event::EventId event);

}  // namespace guerdon::progress
