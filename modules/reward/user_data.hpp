// What belongs to a user here, when it is deleted on its own and when it is restored: their requests. What was granted,
// the ledger and the numbers of rewards stay as they are, and stock that a request holds stays held.
#pragma once

#include "event/user_data.hpp"
#include "guerdon/store.hpp"

namespace guerdon::reward {

/// A hidden request is nobody's to decide, and still the one live request that a user may have in an event.
event::RowCounts hide_user(Tx& tx, UserId user, const Uuid& mark);

/// Brings back exactly what that mark hid. Whoever met a condition meanwhile is served when progress says so.
event::RowCounts show_user(Tx& tx, UserId user, const Uuid& mark);

}  // namespace guerdon::reward
