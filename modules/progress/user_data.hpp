// What belongs to a user here, when it is deleted on its own and when it is restored.
#pragma once

#include "event/user_data.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/store.hpp"

namespace guerdon::progress {

/// Takes the user's facts and states out of sight. What they do from now on is stored and counted as somebody new's.
event::RowCounts hide_user(Tx& tx, UserId user, const Uuid& mark);

/// Brings back exactly what that mark hid.
event::RowCounts show_user(Tx& tx, UserId user, const Uuid& mark);

/// Queues the user's progress in all events to be derived anew from the facts there are.
void request_user_rebuild(Tx& tx, UserId user);

/// One chunk of a queued user's events. A condition that is met is said to be so once more: what waits for it may have
/// been out of sight when it was.
PumpResult rebuild_user(Tx& tx);

}  // namespace guerdon::progress
