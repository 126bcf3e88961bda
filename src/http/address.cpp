// Addresses by the system's own text functions.
#include "http/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "guerdon/client_address.hpp"
#include "http/text.hpp"

namespace guerdon::http {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

Address::Address(const sockaddr& from) {
  if (from.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &from, sizeof v6);
    std::memcpy(bytes_.data(), &v6.sin6_addr, bytes_.size());
  } else if (from.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &from, sizeof v4);
    std::copy(v4_prefix.begin(), v4_prefix.end(), bytes_.begin());
    std::memcpy(bytes_.data() + v4_prefix.size(), &v4.sin_addr, 4);
  }
}

std::optional<Address> Address::parse(std::string_view text) {
  const std::string terminated{text};
  Address address;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) return address;
  std::copy(v4_prefix.begin(), v4_prefix.end(), address.bytes_.begin());
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes_.data() + v4_prefix.size()) == 1) return address;
  return std::nullopt;
}

bool Address::is_v4() const { return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes_.begin()); }

std::string Address::to_string() const {
  char text[INET6_ADDRSTRLEN];
  const auto* from = is_v4() ? bytes_.data() + v4_prefix.size() : bytes_.data();
  return inet_ntop(is_v4() ? AF_INET : AF_INET6, from, text, sizeof text) != nullptr ? text : "";
}

Address Address::client() const {
  Address client = *this;
  if (!is_v4()) std::fill(client.bytes_.begin() + 8, client.bytes_.end(), std::uint8_t{0});
  return client;
}

bool any_contains(const std::vector<Network>& networks, const Address& address) {
  if (networks.empty()) return false;
  const auto text = address.to_string();
  return std::any_of(networks.begin(), networks.end(), [&](const Network& network) { return network.contains(text); });
}

std::string client_address(const Address& peer, const std::vector<std::string_view>& forwarded,
                           const std::vector<Network>& trusted) {
  Address client = peer;
  for (auto line = forwarded.rbegin(); line != forwarded.rend(); ++line) {
    for (std::string_view rest = *line; !rest.empty();) {
      if (!any_contains(trusted, client)) return client.to_string();
      const auto comma = rest.rfind(',');
      const auto item = trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
      const auto before = Address::parse(item);
      if (!before) return client.to_string();
      client = *before;
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
    }
  }
  return client.to_string();
}

}  // namespace guerdon::http

namespace guerdon {

std::string client_of(std::string_view address) {
  const auto parsed = http::Address::parse(address);
  return parsed ? parsed->client().to_string() : std::string{};
}

}  // namespace guerdon
