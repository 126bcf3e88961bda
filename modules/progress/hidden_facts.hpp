// Sessions, activities and invitations that a deletion has taken out of sight: they stay where they are, under its
// mark, so that an id which was posted before is still known.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "guerdon/store.hpp"

namespace guerdon::progress {

/// By table, where there are any: how many rows were hidden under the mark, or are in sight again.
std::map<std::string, std::int64_t> hide_facts(Tx& tx, UserId user, const Uuid& mark);
std::map<std::string, std::int64_t> show_facts(Tx& tx, UserId user, const Uuid& mark);

/// Out of sight from the first: facts of somebody who is leaving that were on their way before.
void keep_login(Tx& tx, UserId user, Instant at, const Uuid& mark);
void keep_session(Tx& tx, UserId user, Instant at, const Uuid& mark);

/// Of the activities in sight, for whoever derives the user's progress anew.
void mark_all_counted(Tx& tx, UserId user);

}  // namespace guerdon::progress
