// What a reverse proxy asks before it lets a request through: who is it? The answer is in the headers.
#pragma once

#include "guerdon/caller.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::auth {

/// 200 without a body; X-User-Id, X-User-Name, X-User-Roles say who it is. A service key's name is not told.
[[nodiscard]] Result<Answer> verify_caller(Snapshot& snapshot, const Caller& caller);

}  // namespace guerdon::auth
