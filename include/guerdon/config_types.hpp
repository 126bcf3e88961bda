// The field types of the configuration, each knowing its own text form and limits. Secrets are shown as ***.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guerdon/codec.hpp"
#include "guerdon/cron.hpp"
#include "guerdon/ed25519.hpp"

namespace guerdon {

/// A length of time as `900s`, `7d`, `250ms` or ISO 8601 (`PT15M`).
struct Duration {
  std::chrono::milliseconds value{};

  friend bool operator==(const Duration&, const Duration&) = default;
};

/// In the largest unit that shows it whole: `15m`, `7d`, `1500ms`.
[[nodiscard]] std::string to_text(Duration duration);

/// A Duration between two bounds, in milliseconds.
template <std::int64_t Min, std::int64_t Max>
struct Within : Duration {};

inline constexpr std::int64_t second_ms = 1000, minute_ms = 60 * second_ms, hour_ms = 60 * minute_ms,
                              day_ms = 24 * hour_ms;

/// How often somebody may do something: `600/1m` is 600 times a minute, all at once or evenly spread.
struct Allowance {
  static constexpr std::int64_t most = 1'000'000'000;  ///< times
  std::int64_t times = 1;
  std::chrono::seconds window{1};  ///< a second to a day

  static std::optional<Allowance> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const Allowance&, const Allowance&) = default;
};

/// Where to listen: `0.0.0.0:8080`, `[::1]:8080`; port 0 takes any free one. Empty text means not to listen at all.
struct Endpoint {
  std::string host;  ///< an IP address, without brackets; empty = off
  std::uint16_t port = 0;

  [[nodiscard]] bool is_off() const noexcept { return host.empty(); }
  [[nodiscard]] std::string to_string() const;
  static std::optional<Endpoint> parse(std::string_view text);
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// A range of addresses, `10.0.0.0/8`, `2001:db8::/32`, or a single address.
class Network {
 public:
  static std::optional<Network> parse(std::string_view text);
  /// An IPv4 address written as IPv6 (::ffff:1.2.3.4) counts as IPv4. False for what is no address.
  [[nodiscard]] bool contains(std::string_view address) const;
  [[nodiscard]] const std::string& to_string() const noexcept { return text_; }

 private:
  std::string text_;
  std::array<unsigned char, 16> bytes_{};  ///< IPv4 mapped into IPv6
  unsigned bits_ = 128;
};

/// Where pages of a browser come from, exactly as it says so: `https://console.example.com`, `http://localhost:3000`.
/// No `*`, no `null`, no path, no port that the scheme implies.
class WebOrigin {
 public:
  static std::optional<WebOrigin> parse(std::string_view text);
  [[nodiscard]] const std::string& to_string() const noexcept { return text_; }

 private:
  std::string text_;
};

/// `sqlite:FILE`, `sqlite::memory:` or `postgres://…`. Its text may hold a password: show it masked.
class DatabaseUrl {
 public:
  DatabaseUrl() = default;
  static std::optional<DatabaseUrl> parse(std::string_view text);
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::string masked() const;
  /// The file of an embedded store; empty for one in memory and for PostgreSQL.
  [[nodiscard]] std::string file() const;
  [[nodiscard]] bool is_memory() const { return text_ == "sqlite::memory:"; }

 private:
  std::string text_;
};

/// A key for signing: base64 (either alphabet) of at least 32 bytes. Empty = not set.
class SigningKey {
 public:
  static constexpr std::size_t min_bytes = 32;

  SigningKey() = default;
  explicit SigningKey(std::string_view bytes) : bytes_(std::string{bytes}) {}
  static std::optional<SigningKey> parse(std::string_view base64);
  [[nodiscard]] bool empty() const noexcept { return bytes_.reveal().empty(); }
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_.reveal(); }

 private:
  Secret<std::string> bytes_;
};

/// Enumerators as the configuration writes them: in lower case.
template <DescribedEnum E>
struct LowerCaseCodec : TextCodec<E, LowerCaseCodec<E>> {
  static constexpr std::string_view fault_code = "not-one-of";
  static std::string lower(std::string_view name) {
    std::string out{name};
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
  }
  static std::string expected() {
    std::string names;
    for (const auto name : wire_names<E>()) names += (names.empty() ? "" : ", ") + lower(name);
    return "must be one of " + names;
  }
  static void append(std::string& out, E value) { out += lower(wire_name(value)); }
  static std::optional<E> read(std::string_view text) {
    for (const auto name : wire_names<E>())
      if (lower(name) == text) return parse_enum<E>(name);
    return std::nullopt;
  }
  static json::object string_schema() { return {{"type", "string"}}; }
};

namespace detail {

/// For types whose text needs no escaping: `Self` gives read, append and expected.
template <class T, class Self>
struct SettingCodec : TextCodec<T, Self> {
  static constexpr std::string_view fault_code = "bad-format";
  static json::object string_schema() { return {{"type", "string"}}; }
};

}  // namespace detail

template <>
struct Codec<Duration> : detail::SettingCodec<Duration, Codec<Duration>> {
  static std::string_view expected() { return "must be a length of time such as 250ms, 30s, 15m, 12h, 7d or PT15M"; }
  static void append(std::string& out, Duration duration) { out += to_text(duration); }
  static std::optional<Duration> read(std::string_view text) {
    const auto length = parse_duration(text);
    return length ? std::optional{Duration{*length}} : std::nullopt;
  }
};

template <std::int64_t Min, std::int64_t Max>
struct Codec<Within<Min, Max>> : detail::SettingCodec<Within<Min, Max>, Codec<Within<Min, Max>>> {
  static std::string expected() {
    return "must be a length of time from " + to_text(Duration{std::chrono::milliseconds{Min}}) + " to " +
           to_text(Duration{std::chrono::milliseconds{Max}}) + ", such as 250ms, 30s, 15m, 12h or 7d";
  }
  static void append(std::string& out, Within<Min, Max> duration) { out += to_text(duration); }
  static std::optional<Within<Min, Max>> read(std::string_view text) {
    const auto length = parse_duration(text);
    if (!length || length->count() < Min || length->count() > Max) return std::nullopt;
    return Within<Min, Max>{{*length}};
  }
};

template <>
struct Codec<Allowance> : detail::SettingCodec<Allowance, Codec<Allowance>> {
  static std::string_view expected() {
    return "must be TIMES/TIME such as 60/1h or 600/1m, at least once, in whole seconds up to 1d";
  }
  static void append(std::string& out, const Allowance& allowance) { out += allowance.to_string(); }
  static std::optional<Allowance> read(std::string_view text) { return Allowance::parse(text); }
};

template <>
struct Codec<Endpoint> : detail::SettingCodec<Endpoint, Codec<Endpoint>> {
  static std::string_view expected() { return "must be ADDRESS:PORT such as 0.0.0.0:8080 or [::1]:8080"; }
  static void append(std::string& out, const Endpoint& endpoint) { out += endpoint.to_string(); }
  static std::optional<Endpoint> read(std::string_view text) { return Endpoint::parse(text); }
};

template <>
struct Codec<Network> : detail::SettingCodec<Network, Codec<Network>> {
  static std::string_view expected() { return "must be an address or a range such as 10.0.0.0/8 or ::1"; }
  static void append(std::string& out, const Network& network) { out += network.to_string(); }
  static std::optional<Network> read(std::string_view text) { return Network::parse(text); }
};

template <>
struct Codec<WebOrigin> : detail::SettingCodec<WebOrigin, Codec<WebOrigin>> {
  static std::string_view expected() {
    return "must be an origin in lower case such as https://console.example.com or http://localhost:3000";
  }
  static void append(std::string& out, const WebOrigin& origin) { out += origin.to_string(); }
  static std::optional<WebOrigin> read(std::string_view text) { return WebOrigin::parse(text); }
};

template <>
struct Codec<DatabaseUrl> : detail::SettingCodec<DatabaseUrl, Codec<DatabaseUrl>> {
  static std::string_view expected() { return "must be sqlite:FILE, sqlite::memory: or postgres://USER@HOST/NAME"; }
  static void encode(std::string& out, const DatabaseUrl& url) { append_json_string(out, url.masked()); }
  static std::optional<DatabaseUrl> read(std::string_view text) { return DatabaseUrl::parse(text); }
};

template <>
struct Codec<SigningKey> : detail::SettingCodec<SigningKey, Codec<SigningKey>> {
  static std::string_view expected() { return "must be base64 of at least 32 bytes (openssl rand -base64 32)"; }
  static void append(std::string& out, const SigningKey& key) { out += key.empty() ? "" : "***"; }
  static std::optional<SigningKey> read(std::string_view text) { return SigningKey::parse(text); }
};

template <>
struct Codec<Ed25519PrivateKey> : detail::SettingCodec<Ed25519PrivateKey, Codec<Ed25519PrivateKey>> {
  static std::string_view expected() {
    return "must be an Ed25519 private key as PEM, not encrypted (openssl genpkey -algorithm ed25519)";
  }
  static void append(std::string& out, const Ed25519PrivateKey& key) { out += key.empty() ? "" : "***"; }
  static std::optional<Ed25519PrivateKey> read(std::string_view text) { return Ed25519PrivateKey::from_pem(text); }
};

template <>
struct Codec<Ed25519PublicKey> : detail::SettingCodec<Ed25519PublicKey, Codec<Ed25519PublicKey>> {
  static std::string_view expected() { return "must be an Ed25519 public key as PEM (openssl pkey -pubout)"; }
  static void encode(std::string& out, const Ed25519PublicKey& key) { append_json_string(out, key.to_pem()); }
  static std::optional<Ed25519PublicKey> read(std::string_view text) { return Ed25519PublicKey::from_pem(text); }
};

template <>
struct Codec<CronSchedule> : CodecBase {
  static void encode(std::string& out, const CronSchedule& schedule) { append_json_string(out, schedule.text()); }
  static void decode(const json::value& value, CronSchedule& into, const Place& at) {
    if (const auto* text = at.text(value)) parse({text->data(), text->size()}, into, at);
  }
  static void parse(std::string_view text, CronSchedule& into, const Place& at) {
    if (auto schedule = CronSchedule::parse(text))
      into = *std::move(schedule);
    else
      at.fault("bad-format", "is no cron expression such as 0 4 * * MON-FRI: " + schedule.error().detail);
  }
  static json::object schema(SchemaRegistry&) { return {{"type", "string"}}; }
};

}  // namespace guerdon
