// Network addresses of clients: where they come from, which proxies may speak for them.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/config_types.hpp"

struct sockaddr;

namespace guerdon::http {

/// IPv6, or IPv4 in its mapped form.
class Address {
 public:
  Address() = default;
  explicit Address(const sockaddr& from);

  [[nodiscard]] static std::optional<Address> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] bool is_v4() const;
  /// Who counts as one client: an IPv4 address, or an IPv6 network of 64 bits.
  [[nodiscard]] Address client() const;
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

[[nodiscard]] bool any_contains(const std::vector<Network>& networks, const Address& address);

/// The client behind trusted proxies: the first address from the right of X-Forwarded-For that is not one of them.
/// `forwarded` are its values in their order. What a client itself wrote there is never believed.
[[nodiscard]] std::string client_address(const Address& peer, const std::vector<std::string_view>& forwarded,
                                         const std::vector<Network>& trusted);

}  // namespace guerdon::http
