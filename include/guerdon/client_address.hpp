// Who counts as one client where callers are counted by address.
#pragma once

#include <string>
#include <string_view>

namespace guerdon {

/// An IPv4 address as it is, an IPv6 address as its network of 64 bits, which is what one customer of a provider has.
/// What is no address is one client of its own: the empty one.
[[nodiscard]] std::string client_of(std::string_view address);

}  // namespace guerdon
