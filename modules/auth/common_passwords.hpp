// The passwords that attackers try first: common words, keys in a row, repetitions and years, and what is made of few
// of them. By rules of our own, so that no list has to be long enough.
#pragma once

#include <string_view>

namespace guerdon::auth {

/// Takes it in lower case, of any length; a short one is common whatever it says.
[[nodiscard]] bool is_common_password(std::string_view lower_case);

}  // namespace guerdon::auth
