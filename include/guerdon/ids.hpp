// Ids that say what they name: "usr_" and a UUIDv7 in 26 characters (the TypeID form), sorting by age.
// Only the canonical text is accepted: lower case, no other prefix, no number above 128 bits.
#pragma once

#include "guerdon/random.hpp"
#include "guerdon/time.hpp"

#include <array>
#include <atomic>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace guerdon {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
};

inline constexpr std::size_t uuid_text_size = 26;

// The 26 characters alone, and the form with a prefix.
[[nodiscard]] std::string to_text(const Uuid& uuid);
[[nodiscard]] std::optional<Uuid> parse_uuid_text(std::string_view text);
void append_id(std::string& out, std::string_view prefix, const Uuid& uuid);
[[nodiscard]] std::optional<Uuid> parse_id(std::string_view prefix, std::string_view text);

// The time that a UUIDv7 was made for.
[[nodiscard]] Instant made_at(const Uuid& uuid);

// `Tag` names the kind: struct EventTag { static constexpr std::string_view prefix = "evt"; };
template <class Tag>
class Id {
 public:
  static constexpr std::string_view prefix = Tag::prefix;

  constexpr Id() = default;  // nil; names nothing
  constexpr explicit Id(const Uuid& uuid) noexcept : uuid_{uuid} {}

  [[nodiscard]] static std::optional<Id> parse(std::string_view text) {
    const auto uuid = parse_id(prefix, text);
    return uuid ? std::optional{Id{*uuid}} : std::nullopt;
  }

  [[nodiscard]] std::string to_string() const {
    std::string out;
    append_to(out);
    return out;
  }
  void append_to(std::string& out) const { append_id(out, prefix, uuid_); }

  [[nodiscard]] constexpr const Uuid& uuid() const noexcept { return uuid_; }

  friend constexpr auto operator<=>(const Id&, const Id&) = default;

 private:
  Uuid uuid_;
};

struct UserTag {
  static constexpr std::string_view prefix = "usr";
};
struct SessionTag {
  static constexpr std::string_view prefix = "ses";
};
struct MessageTag {
  static constexpr std::string_view prefix = "msg";
};

struct KeyTag {
  static constexpr std::string_view prefix = "key";
};

using UserId = Id<UserTag>;
using KeyId = Id<KeyTag>;  ///< of a service key
using SessionId = Id<SessionTag>;
using MessageId = Id<MessageTag>;

// Makes UUIDv7 (RFC 9562): 62 random bits each, strictly growing within the process even if `now` goes back.
// Thread-safe.
class IdSource {
 public:
  explicit IdSource(Random& random) noexcept : random_{random} {}

  [[nodiscard]] Uuid next(Instant now);

 private:
  Random& random_;
  std::atomic<std::uint64_t> last_{0};  // 48 bits of milliseconds, 12 bits of counter
};

}  // namespace guerdon

template <>
struct std::hash<guerdon::Uuid> {
  std::size_t operator()(const guerdon::Uuid& uuid) const noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, uuid.bytes.data(), sizeof high);
    std::memcpy(&low, uuid.bytes.data() + sizeof high, sizeof low);
    return static_cast<std::size_t>(low ^ (high * 0x9E3779B97F4A7C15U));
  }
};

template <class Tag>
struct std::hash<guerdon::Id<Tag>> {
  std::size_t operator()(const guerdon::Id<Tag>& id) const noexcept { return std::hash<guerdon::Uuid>{}(id.uuid()); }
};
