// Leaves personal members out of a payload, for servers that publish pseudonyms only.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace guerdon::bus {

/// The payload, an object as `publish` wrote it, without these members; the others keep their order.
[[nodiscard]] std::string without_members(const std::string& payload, std::span<const std::string_view> names);

}  // namespace guerdon::bus
