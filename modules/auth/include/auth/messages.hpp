// What the auth module says to others. Never a token, a hash or a password; personal members are marked.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

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

}  // namespace guerdon::auth
