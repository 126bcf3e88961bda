// What the auth module says to others. Never a token, a hash or a password; personal members are marked.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/types.hpp"
#include "guerdon/actor.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/codec.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/time.hpp"

namespace guerdon::auth {

/// A user has logged in. Progress counts these.
struct UserLoggedIn {
  static constexpr std::string_view topic = "user.login", type = "UserLoggedIn";
  UserId user_id;
  SessionId session_id;
  Instant login_time;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(UserLoggedIn, (), (user_id, session_id, login_time))

struct UserCreated {
  static constexpr std::string_view topic = "auth.events.user", type = "UserCreated";
  static constexpr std::array<std::string_view, 2> personal{"username", "email"};
  UserId user_id;
  Omittable<std::string> username;
  Omittable<std::string> email;
  Instant created_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(UserCreated, (), (user_id, username, email, created_at))

enum class AccountField { email, profile, password };
BOOST_DESCRIBE_ENUM(AccountField, email, profile, password)

/// Says what was changed, and of that only the new e-mail address.
struct UserUpdated {
  static constexpr std::string_view topic = "auth.events.user", type = "UserUpdated";
  static constexpr std::array<std::string_view, 1> personal{"email"};
  UserId user_id;
  std::vector<AccountField> changed;
  Omittable<std::string> email;
  Instant updated_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(UserUpdated, (), (user_id, changed, email, updated_at))

struct DeletionTag {
  static constexpr std::string_view prefix = "sga";
};
using DeletionId = Id<DeletionTag>;  ///< of the saga that deletes the account

/// An account is to go: from now on its owner can do nothing.
struct UserDeletionRequested {
  static constexpr std::string_view topic = "user.deletion.requested", type = "UserDeletionRequested";
  UserId user_id;
  DeletionId saga_id;
  ActorId requested_by;
  Instant requested_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(UserDeletionRequested, (), (user_id, saga_id, requested_by, requested_at))

struct LoginSucceeded {
  static constexpr std::string_view topic = "auth.events.login", type = "LoginSucceeded";
  static constexpr std::array<std::string_view, 2> personal{"ipAddress", "userAgent"};
  UserId user_id;
  Omittable<std::string> ip_address;
  Omittable<std::string> user_agent;
  Instant login_time;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(LoginSucceeded, (), (user_id, ip_address, user_agent, login_time))

/// So many attempts failed that further ones are refused for a while. One message a lock: of an account, of a name that
/// is nobody's (neither a user nor an addressHash), or of an address.
struct BruteForceSuspected {
  static constexpr std::string_view topic = "auth.events.security", type = "BruteForceSuspected";
  static constexpr std::array<std::string_view, 2> personal{"ipAddress", "userAgent"};
  std::optional<UserId> user_id;
  std::optional<std::string> address_hash;  ///< keyed; the same for all of an IPv6 network
  std::int64_t failures = 0;
  std::optional<Instant> locked_until;  ///< none: until the password is reset
  Omittable<std::string> ip_address;    ///< of the last attempt
  Omittable<std::string> user_agent;
  Instant detected_at;
  std::string name_hash;  ///< not part of the payload
  [[nodiscard]] std::string key() const {
    return user_id ? user_id->to_string() : address_hash ? *address_hash : name_hash;
  }
};
BOOST_DESCRIBE_STRUCT(BruteForceSuspected, (),
                      (user_id, address_hash, failures, locked_until, ip_address, user_agent, detected_at))

enum class LoginFailure { bad_credentials, account_suspended };
BOOST_DESCRIBE_ENUM(LoginFailure, bad_credentials, account_suspended)

/// Without a user the name that was tried is nobody's: it is not told (people type passwords there), and its keyed
/// hash orders the messages.
struct LoginFailed {
  static constexpr std::string_view topic = "auth.events.login", type = "LoginFailed";
  static constexpr std::array<std::string_view, 2> personal{"ipAddress", "userAgent"};
  std::optional<UserId> user_id;
  LoginFailure reason = LoginFailure::bad_credentials;
  Omittable<std::string> ip_address;
  Omittable<std::string> user_agent;
  Instant login_time;
  std::string name_hash;  ///< not part of the payload
  [[nodiscard]] std::string key() const { return user_id ? user_id->to_string() : name_hash; }
};
BOOST_DESCRIBE_STRUCT(LoginFailed, (), (user_id, reason, ip_address, user_agent, login_time))

struct LoggedOut {
  static constexpr std::string_view topic = "auth.events.login", type = "LoggedOut";
  UserId user_id;
  SessionId session_id;
  Instant logout_time;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(LoggedOut, (), (user_id, session_id, logout_time))

/// A refresh token was used that had been used long before: either its thief or its owner is late. The session is over.
struct RefreshTokenReused {
  static constexpr std::string_view topic = "auth.events.security", type = "RefreshTokenReused";
  static constexpr std::array<std::string_view, 2> personal{"ipAddress", "userAgent"};
  UserId user_id;
  SessionId session_id;
  Omittable<std::string> ip_address;  ///< of whoever used it again
  Omittable<std::string> user_agent;
  Instant detected_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(RefreshTokenReused, (), (user_id, session_id, ip_address, user_agent, detected_at))

/// An ADMIN gave an account other roles. Its session has ended.
struct UserRolesChanged {
  static constexpr std::string_view topic = "auth.events.user", type = "UserRolesChanged";
  UserId user_id;
  std::vector<Role> from;
  std::vector<Role> to;
  ActorId changed_by;
  Instant changed_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(UserRolesChanged, (), (user_id, from, to, changed_by, changed_at))

/// An ADMIN suspended an account or let it in again. Its session has ended.
struct UserStatusChanged {
  static constexpr std::string_view topic = "auth.events.user", type = "UserStatusChanged";
  UserId user_id;
  AccountStatus from{};
  AccountStatus to{};
  ActorId changed_by;
  Instant changed_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(UserStatusChanged, (), (user_id, from, to, changed_by, changed_at))

}  // namespace guerdon::auth
