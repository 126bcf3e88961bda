// Which passwords are good enough. Length and being hard to guess are all that is asked: no kinds of characters, no
// expiry, and never cut or changed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guerdon/caller.hpp"
#include "guerdon/codec.hpp"
#include "guerdon/result.hpp"

namespace guerdon::auth {

/// Every character may be in a password but NUL, which JSON texts can't hold here.
struct PasswordRule : AnyText {
  static constexpr std::string_view controls =
      "\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0B\x0C\r\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D"
      "\x1E\x1F\x7F";
};
using Password = Text<1, 128, PasswordRule>;

struct PasswordPolicy {
  std::size_t min_length = 10;        ///< code points
  std::size_t min_length_staff = 15;  ///< for accounts with a staff role
};

/// Whose password it is to be; what is empty says nothing.
struct PasswordOwner {
  std::string_view username;
  std::string_view email;
  RoleSet roles;
};

/// At most one fault, with the pointer /password: too-short, too-common, contains-name.
[[nodiscard]] std::vector<Fault> password_faults(const PasswordPolicy& policy, std::string_view password,
                                                 const PasswordOwner& owner);

}  // namespace guerdon::auth
