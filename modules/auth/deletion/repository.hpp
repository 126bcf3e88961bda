// The rows of accounts that are going, gone or coming back. SQL only; no decisions.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>

#include "../model.hpp"
#include "auth/messages.hpp"
#include "guerdon/store.hpp"

namespace guerdon::auth {

struct LeavingRow {
  AccountStatus status{};
  std::optional<DeletionId> deleted_by;
};
BOOST_DESCRIBE_STRUCT(LeavingRow, (), (status, deleted_by))

/// With the account's row lock: whoever checks that the user is present waits, and so does this for them.
std::optional<LeavingRow> lock_leaving(Tx& tx, UserId user);

/// The status that it has now comes back with unmark_leaving. Raises the version.
void mark_deleting(Tx& tx, UserId user, DeletionId deletion);
/// The status before; nothing unless this deletion has the account. Raises the version.
std::optional<AccountStatus> unmark_leaving(Tx& tx, UserId user, DeletionId deletion);

/// DELETING → DELETED and back. False unless this deletion has the account in that state.
bool mark_deleted(Tx& tx, UserId user, DeletionId deletion);
bool unmark_deleted(Tx& tx, UserId user, DeletionId deletion);

/// The accounts on other platforms: how many rows.
std::int64_t hide_platforms(Tx& tx, UserId user, DeletionId deletion);
std::int64_t show_platforms(Tx& tx, UserId user, DeletionId deletion);

}  // namespace guerdon::auth
