// Statements about sessions that go on or end.
#pragma once

#include "../repository.hpp"

namespace guerdon::auth {

/// Whose session it is, with the account's row lock; nothing for a session that is over. Every change of a session's
/// row but its end is made under this lock.
std::optional<AccountRow> lock_holder(Tx& tx, SessionId session);

struct SessionRow {
  std::int64_t refresh_counter = 0;  ///< of the token that is good now
  Instant refreshed_at;
  Instant expires_at;
  Instant refresh_full_at;  ///< when nothing is left of the refreshes that count against the limit
};
BOOST_DESCRIBE_STRUCT(SessionRow, (), (refresh_counter, refreshed_at, expires_at, refresh_full_at))

std::optional<SessionRow> find_session(Snapshot& snapshot, UserId user, SessionId session);

/// Spends the token of this counter; false if it is spent, or the session over.
bool spend_token(Tx& tx, UserId user, SessionId session, std::int64_t counter, Instant refresh_full_at);

/// False if that session is over.
bool end_session_of(Tx& tx, UserId user, SessionId session);

/// Kills the access tokens made so far; the new version.
std::int64_t raise_version(Tx& tx, UserId user);

}  // namespace guerdon::auth
