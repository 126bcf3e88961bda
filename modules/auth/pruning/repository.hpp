// Statements that remove rows past their time.
#pragma once

#include <optional>

#include "guerdon/store.hpp"

namespace guerdon::auth {

struct SessionLook {
  std::optional<UserId> last;  ///< nothing when no session was left to be looked at
  std::int64_t removed = 0;
};
/// Of the next `limit` sessions after that user's, in the order of users, removes those that ended by `end`.
SessionLook remove_expired_sessions(Tx& tx, std::optional<UserId> after, Instant end, std::int64_t limit);

/// At most `limit`; how many.
std::int64_t remove_expired_resets(Tx& tx, std::int64_t limit);

}  // namespace guerdon::auth
