// Leaves personal members out of a payload: for servers that publish pseudonyms only, and for readers who may not see
// who somebody is.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace guerdon::bus {

/// The payload, an object as `publish` wrote it, without these members; the others keep their order.
[[nodiscard]] std::string without_members(const std::string& payload, std::span<const std::string_view> names);

/// Every member that a message calls personal; a test compares them with the messages' golden files.
inline constexpr std::array<std::string_view, 5> personal_names{"username", "email", "ipAddress", "userAgent",
                                                                "platformUserId"};

/// The payload without those, however deep they are: a dead letter's message holds another one.
[[nodiscard]] std::string without_personal(const std::string& payload);

}  // namespace guerdon::bus
