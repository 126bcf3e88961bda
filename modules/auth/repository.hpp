// The rows of the auth module. SQL only; no decisions.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "auth/ports.hpp"
#include "guerdon/store.hpp"
#include "model.hpp"

namespace guerdon::auth {

struct AccountRow {
  UserId id;
  std::string username;
  std::string email;
  std::int64_t roles = 0;  ///< RoleSet::bits
  AccountStatus status{};
  std::int64_t version = 0;
  json::object profile;
  std::string invite_code;
  Instant created_at;
};
BOOST_DESCRIBE_STRUCT(AccountRow, (), (id, username, email, roles, status, version, profile, invite_code, created_at))

/// False if the username, the e-mail address or the invite code is another account's.
bool add_user(Tx& tx, UserId id, const NewAccount& account);
std::optional<AccountRow> find_user(Snapshot& snapshot, UserId id);
bool username_exists(Snapshot& snapshot, std::string_view username_key);
bool email_exists(Snapshot& snapshot, std::string_view email_key);

/// Of an account that is not going or gone.
std::optional<UserId> find_by_invite_code(Snapshot& snapshot, std::string_view invite_code);
std::optional<UserId> find_invited_by(Snapshot& snapshot, UserId invitee);
std::optional<UserId> find_holder_of(Snapshot& snapshot, Role role);

struct PasswordRow {
  UserId id;
  std::string password_hash;
  std::int64_t password_version = 0;  ///< raised when the password changes, not when it is hashed anew
};
BOOST_DESCRIBE_STRUCT(PasswordRow, (), (id, password_hash, password_version))

/// Of an account that is not going or gone.
std::optional<PasswordRow> find_password_by_username(Snapshot& snapshot, std::string_view username_key);
std::optional<PasswordRow> find_password(Snapshot& snapshot, UserId id);
std::optional<PasswordRow> find_password_by_email(Snapshot& snapshot, std::string_view email_key);

/// Takes the account's row lock and notes the login; nothing if it is not active or its password was changed since.
std::optional<AccountRow> mark_login(Tx& tx, UserId id, std::int64_t password_version,
                                     const std::optional<std::string>& better_hash);

/// The user's only session from now on.
void replace_session(Tx& tx, UserId user, SessionId session, Instant expires_at);
/// False if there was none.
bool end_session(Tx& tx, UserId user);

struct StateRow {
  AccountStatus status{};
  std::int64_t roles = 0;
};
BOOST_DESCRIBE_STRUCT(StateRow, (), (status, roles))

std::optional<StateRow> find_state(Snapshot& snapshot, UserId id);
/// The same, with the account's row lock.
std::optional<StateRow> lock_state(Tx& tx, UserId id);
/// The same, with a lock that others may share: nobody changes the row until the commit.
std::optional<StateRow> hold_state(Tx& tx, UserId id);
/// Which deletion an account that is going or gone is part of.
std::optional<Uuid> find_deleted_by(Snapshot& snapshot, UserId id);

struct StandingRow {
  AccountStatus status{};
  std::int64_t version = 0;
  std::int64_t roles = 0;
  SessionId session;
  Instant expires_at;  ///< of the session
};
BOOST_DESCRIBE_STRUCT(StandingRow, (), (status, version, roles, session, expires_at))

/// Nothing for a user without a session.
std::optional<StandingRow> find_standing(Snapshot& snapshot, UserId user);

}  // namespace guerdon::auth
