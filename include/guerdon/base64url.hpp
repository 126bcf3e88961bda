// base64url without padding (RFC 4648 §5), strictly: every byte string has exactly one text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace guerdon {

[[nodiscard]] std::string to_base64url(std::string_view bytes);

// Refuses padding, other characters, an impossible length and trailing bits that are not zero.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

}  // namespace guerdon
