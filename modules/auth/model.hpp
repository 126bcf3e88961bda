// The states of an account and what may be done in them.
#pragma once

#include "auth/types.hpp"

namespace guerdon::auth {

/// On the way out or gone: hidden from most, and nothing of it is written any more.
[[nodiscard]] constexpr bool is_leaving(AccountStatus status) {
  return status == AccountStatus::deleting || status == AccountStatus::deleted;
}

}  // namespace guerdon::auth
