// Sessions, activities and invitations that a deletion has taken out of sight: they stay where they are, under its
// mark, so that an id which was posted before is still known.
#pragma once

#include <cstdint>

#include "guerdon/store.hpp"

namespace guerdon::progress {

/// How many rows were hidden under the mark, up to the limit.
std::int64_t hide_sessions(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit);
std::int64_t hide_activities(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit);
std::int64_t hide_invitations(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit);

/// How many of the mark's rows are in sight again, up to the limit.
std::int64_t show_sessions(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit);
std::int64_t show_activities(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit);
std::int64_t show_invitations(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit);

/// Out of sight from the first: facts of somebody who is leaving that were on their way before.
void keep_login(Tx& tx, UserId user, Instant at, const Uuid& mark);
void keep_session(Tx& tx, UserId user, Instant at, const Uuid& mark);

/// Of the activities in sight, for whoever derives the user's progress anew.
void mark_all_counted(Tx& tx, UserId user);

}  // namespace guerdon::progress
