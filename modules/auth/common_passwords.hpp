// The passwords that attackers try first.
#pragma once

#include <string_view>

namespace guerdon::auth {

/// Takes it in lower case.
[[nodiscard]] bool is_common_password(std::string_view lower_case);

}  // namespace guerdon::auth
