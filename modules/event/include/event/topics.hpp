// What events listen to, as words that facts carry too: an event hears a fact if they share one.
#pragma once

#include <string>
#include <string_view>

#include "guerdon/codec.hpp"

namespace guerdon::event {

inline constexpr std::string_view login_topic = "login", session_topic = "session", signup_topic = "invite.signup",
                                  first_login_topic = "invite.first-login";

/// All activities of a type, and those of them that have that value (a text, an integer, a boolean) of an attribute.
[[nodiscard]] std::string activity_topic(std::string_view type);
[[nodiscard]] std::string activity_topic(std::string_view type, std::string_view attribute, const json::value& value);

}  // namespace guerdon::event
