// What belongs to a user here, taken out of sight by a deletion and brought back: requests, and what the wallet shows.
// Totals of rewards stay as they are, stock that a request holds stays held, and the ledger stays the sum it is.
// All of these change up to `limit` rows, and fewer only if no more are left.
#pragma once

#include "auth/user_data.hpp"
#include "guerdon/store.hpp"

namespace guerdon::reward {

/// A hidden request is nobody's to decide, and still the one live request that a user may have in an event.
auth::RowCounts hide_user_requests(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit = auth::all_rows);
/// Whoever met a condition meanwhile is served when progress says so.
auth::RowCounts show_user_requests(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit = auth::all_rows);

/// Grants, ledger and balance: to most it is as if there were none.
auth::RowCounts hide_user_wallet(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit = auth::all_rows);
auth::RowCounts show_user_wallet(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit = auth::all_rows);

/// Registers all that with whoever deletes.
void own_user_data(auth::UserDataOwners& owners);

}  // namespace guerdon::reward
