// The text forms of the configuration's field types.
#include "guerdon/config_types.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "guerdon/base64url.hpp"

namespace guerdon {
namespace {

template <class Number>
std::optional<Number> read_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

using AddressBytes = std::array<unsigned char, 16>;

struct Address {
  AddressBytes bytes;  // IPv4 mapped into IPv6
  bool is_v4;
};

std::optional<Address> read_address(std::string_view text) {
  const std::string copy{text};
  AddressBytes bytes{};
  if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return Address{bytes, false};
  bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (inet_pton(AF_INET, copy.c_str(), bytes.data() + 12) == 1) return Address{bytes, true};
  return std::nullopt;
}

constexpr std::string_view sqlite_scheme = "sqlite:";
constexpr std::size_t longest_origin = 256;

// Where user information may stand: after "://" up to the next "/", "?" or the end.
std::pair<std::size_t, std::size_t> authority(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == url.npos) return {0, 0};
  return {begin + 3, std::min(url.find_first_of("/?", begin + 3), url.size())};
}

}  // namespace

std::string to_text(Duration duration) {
  static constexpr std::pair<std::int64_t, const char*> units[] = {
      {day_ms, "d"}, {hour_ms, "h"}, {minute_ms, "m"}, {second_ms, "s"}};
  const auto count = duration.value.count();
  for (const auto& [length, name] : units) {
    if (count != 0 && count % length == 0) return std::to_string(count / length) + name;
  }
  return std::to_string(count) + "ms";
}

std::optional<Allowance> Allowance::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const auto times = read_number<std::int64_t>(text.substr(0, slash));
  const auto window = parse_duration(text.substr(slash + 1));
  if (!times || *times < 1 || *times > most || !window) return std::nullopt;
  const auto milliseconds = window->count();
  if (milliseconds < second_ms || milliseconds > day_ms || milliseconds % second_ms != 0) return std::nullopt;
  return Allowance{.times = *times, .window = std::chrono::floor<std::chrono::seconds>(*window)};
}

std::string Allowance::to_string() const { return std::to_string(times) + '/' + to_text(Duration{window}); }

std::string Endpoint::to_string() const {
  if (is_off()) return {};
  const bool is_v6 = host.find(':') != host.npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  if (text.empty()) return Endpoint{};
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  const auto port = read_number<std::uint16_t>(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  const bool has_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (has_brackets) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  const auto address = read_address(host);
  if (!port || !address || address->is_v4 == has_brackets) return std::nullopt;
  return Endpoint{std::string{host}, *port};
}

std::optional<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = read_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  Network network;
  network.text_ = text;
  network.bytes_ = address->bytes;
  if (slash == text.npos) return network;
  const auto bits = read_number<unsigned>(text.substr(slash + 1));
  if (!bits || *bits > (address->is_v4 ? 32U : 128U)) return std::nullopt;
  network.bits_ = address->is_v4 ? *bits + 96 : *bits;
  return network;
}

bool Network::contains(std::string_view address) const {
  const auto other = read_address(address);
  if (!other) return false;
  const std::size_t whole = bits_ / 8;
  if (!std::equal(bytes_.begin(), bytes_.begin() + whole, other->bytes.begin())) return false;
  if (bits_ % 8 == 0) return true;
  const unsigned mask = 0xFFU << (8 - bits_ % 8);
  return ((bytes_.at(whole) ^ other->bytes.at(whole)) & mask & 0xFFU) == 0;
}

std::optional<WebOrigin> WebOrigin::parse(std::string_view text) {
  const bool is_secure = text.starts_with("https://");
  if (text.size() > longest_origin || (!is_secure && !text.starts_with("http://"))) return std::nullopt;
  const auto authority_part = text.substr(is_secure ? 8 : 7);
  const bool is_v6 = authority_part.starts_with('[');
  const auto host_end =
      is_v6 ? authority_part.find(']') + 1 : std::min(authority_part.find(':'), authority_part.size());
  const auto host = authority_part.substr(0, host_end);
  const auto port = authority_part.substr(host_end);
  const auto is_in_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  const bool is_host = is_v6 ? host.size() > 2 && read_address(host.substr(1, host.size() - 2)).has_value()
                             : !host.empty() && std::all_of(host.begin(), host.end(), is_in_name);
  if (!is_host) return std::nullopt;
  if (!port.empty()) {
    const auto number = read_number<std::uint16_t>(port.substr(1));
    const bool is_implied = number == (is_secure ? 443 : 80);
    if (port.front() != ':' || !number || is_implied || port.substr(1) != std::to_string(*number)) return std::nullopt;
  }
  WebOrigin origin;
  origin.text_ = text;
  return origin;
}

std::optional<DatabaseUrl> DatabaseUrl::parse(std::string_view text) {
  const bool is_sqlite = text.starts_with(sqlite_scheme) && text.size() > sqlite_scheme.size();
  const bool is_postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
  if ((!is_sqlite && !is_postgres) || text.find('\0') != text.npos) return std::nullopt;
  DatabaseUrl url;
  url.text_ = text;
  return url;
}

std::string DatabaseUrl::file() const {
  const bool has_file = text_.starts_with(sqlite_scheme) && !is_memory();
  return has_file ? text_.substr(sqlite_scheme.size()) : std::string{};
}

std::string DatabaseUrl::masked() const {
  std::string shown = text_;
  // Parameters may hold a password too (?password=…): none is worth showing.
  const auto [begin, end] = authority(shown);
  if (begin == end) return shown;
  const auto query = shown.find('?', end);
  if (query != shown.npos && shown.find("pass", query) != shown.npos) shown.replace(query + 1, shown.npos, "***");
  const auto at = shown.rfind('@', end);
  const auto colon = shown.find(':', begin);
  if (at == shown.npos || at < begin || at >= end || colon >= at) return shown;
  return shown.replace(colon + 1, at - colon - 1, "***");
}

std::optional<SigningKey> SigningKey::parse(std::string_view base64) {
  if (base64.empty()) return SigningKey{};
  std::string text{base64};
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.pop_back();
  auto bytes = from_base64url(text);
  wipe(text);
  if (!bytes || bytes->size() < min_bytes) return std::nullopt;
  SigningKey key{*bytes};
  wipe(*bytes);
  return key;
}

}  // namespace guerdon
