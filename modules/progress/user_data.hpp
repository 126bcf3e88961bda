// What belongs to a user here, taken out of sight by a deletion and brought back: facts, and the progress made of them.
#pragma once

#include "auth/user_data.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/store.hpp"

namespace guerdon::progress {

/// All of these change up to `limit` rows, and fewer only if no more are left.
///
/// What the user does from now on is stored and counted as somebody new's, or kept under the same mark by who is
/// leaving.
auth::RowCounts hide_user_facts(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit = auth::all_rows);
auth::RowCounts hide_user_states(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit = auth::all_rows);

/// Each brings back exactly what that mark hid.
auth::RowCounts show_user_facts(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit = auth::all_rows);
auth::RowCounts show_user_states(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit = auth::all_rows);

/// Queues the user's progress in all events to be derived anew from the facts there are. It changes only what is not
/// their fold: in events that were changed meanwhile, or where facts were not counted yet.
void request_user_rebuild(Tx& tx, UserId user, auth::Return how);
/// The same, and wakes the pump once it is committed.
void rebuild_user_soon(Tx& tx, Pumps& pumps, UserId user, auth::Return how);

/// One chunk of a queued user's events. Unless it is to be quiet, a condition that is met is said to be so once more:
/// what waits for it may have been out of sight when it was.
PumpResult rebuild_user(Tx& tx);

/// Registers all that with whoever deletes, and the pump that rebuilds.
void own_user_data(Pumps& pumps, auth::UserDataOwners& owners);

}  // namespace guerdon::progress
