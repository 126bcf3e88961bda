// Who did something, as rows and messages keep it: a user or a service key.
#pragma once

#include <optional>
#include <string_view>

#include "guerdon/codec/text.hpp"

namespace guerdon {

struct ActorRule : AnyText {
  static constexpr std::string_view pattern = "^(usr|key)_[0-7][0-9a-hjkmnp-tv-z]{25}$";
  static std::optional<std::string_view> fault(std::string_view text);
};
using ActorId = Text<30, 30, ActorRule>;  ///< "usr_…" or "key_…"

}  // namespace guerdon
