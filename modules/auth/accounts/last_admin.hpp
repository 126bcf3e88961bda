// The one rule that role, status and deletion share: there is always somebody who can administer.
#pragma once

#include "guerdon/ids.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon::auth {

inline constexpr Problem last_admin{409, "last-admin"};

/// Is the user an ADMIN, active or suspended, and no other ADMIN active? Whoever takes away the role, the status or the
/// account asks this first, before any other lock in the transaction.
/// It locks the rows that the answer rests on, so that it stays true until the commit: of two that would go at once one
/// waits for the other and is then told that it is the last.
[[nodiscard]] bool is_last_admin(Tx& tx, UserId user);

}  // namespace guerdon::auth
