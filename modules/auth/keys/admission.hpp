// Whether a service key is good. The form is checked without I/O, everything else is asked of its row for each request.
#pragma once

#include <string_view>

#include "guerdon/caller.hpp"

namespace guerdon::auth {

/// Errors: unauthenticated for what has not the form of a service key.
[[nodiscard]] Result<Credential> verify_key(std::string_view bearer, Instant now);

/// Errors: token-revoked for an unknown, revoked or wrong key, token-expired for one whose time is over.
[[nodiscard]] Result<Standing> admit_key(Snapshot& snapshot, const Credential& credential);

}  // namespace guerdon::auth
