// What changes one's own account.
#pragma once

#include <boost/describe.hpp>
#include <optional>

#include "../names.hpp"
#include "../password_policy.hpp"
#include "guerdon/codec.hpp"

namespace guerdon::auth {

/// What is absent stays. A new password or e-mail address needs the current password.
struct UpdateInfoRequest {
  std::optional<Email> email;
  std::optional<FreeForm> profile;
  std::optional<Secret<Password>> password;
  std::optional<Secret<Password>> current_password;
};
BOOST_DESCRIBE_STRUCT(UpdateInfoRequest, (), (email, profile, password, current_password))

}  // namespace guerdon::auth
