// What the auth routes take and answer.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <vector>

#include "guerdon/caller.hpp"
#include "guerdon/codec.hpp"
#include "model.hpp"
#include "names.hpp"
#include "password_policy.hpp"

namespace guerdon::auth {

struct RegisterRequest {
  Username username;
  Email email;
  Secret<Password> password;
  std::optional<FreeForm> profile;
  std::optional<Text<1, 32>> invite_code;
};
BOOST_DESCRIBE_STRUCT(RegisterRequest, (), (username, email, password, profile, invite_code))

/// The name may be the e-mail address, in either member.
struct LoginRequest {
  std::optional<Text<1, 254>> username;
  std::optional<Text<1, 254>> email;
  Secret<Password> password;
};
BOOST_DESCRIBE_STRUCT(LoginRequest, (), (username, email, password))

struct Account {
  UserId id;
  std::string username;
  std::string email;
  std::vector<Role> roles;
  AccountStatus status{};
  json::object profile;
  std::string invite_code;
  Instant created_at;
};
BOOST_DESCRIBE_STRUCT(Account, (), (id, username, email, roles, status, profile, invite_code, created_at))

struct LoggedInUser {
  UserId id;
  std::string username;
  std::string email;
  std::vector<Role> roles;
  AccountStatus status{};
};
BOOST_DESCRIBE_STRUCT(LoggedInUser, (), (id, username, email, roles, status))

struct LoginResponse {
  std::string access_token;
  std::string refresh_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;          ///< seconds
  std::int64_t refresh_expires_in = 0;  ///< seconds
  LoggedInUser user;
};
BOOST_DESCRIBE_STRUCT(LoginResponse, (),
                      (access_token, refresh_token, token_type, expires_in, refresh_expires_in, user))

}  // namespace guerdon::auth
