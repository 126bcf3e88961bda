// The text of ids and the making of UUIDv7.
#include "guerdon/ids.hpp"

#include <algorithm>

namespace guerdon {
namespace {

constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::uint8_t no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> digits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}();

std::uint64_t read_big_endian(const std::uint8_t* bytes) {
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8U | bytes[i];
  return number;
}

void write_big_endian(std::uint8_t* bytes, std::uint64_t number) {
  for (int i = 7; i >= 0; --i) {
    bytes[i] = static_cast<std::uint8_t>(number);
    number >>= 8U;
  }
}

// 128 bits after two zero bits, five at a time: the low word ends in the middle of character 13.
void write_digits(char* text, const Uuid& uuid) {
  std::uint64_t high = read_big_endian(uuid.bytes.data());
  std::uint64_t low = read_big_endian(uuid.bytes.data() + 8);
  for (std::size_t i = 25; i > 13; --i, low >>= 5U) text[i] = alphabet[low & 31U];
  text[13] = alphabet[(low | high << 4U) & 31U];
  high >>= 1U;
  for (std::size_t i = 13; i-- > 0; high >>= 5U) text[i] = alphabet[high & 31U];
}

}  // namespace

std::string to_text(const Uuid& uuid) {
  std::string text(uuid_text_size, '0');
  write_digits(text.data(), uuid);
  return text;
}

std::optional<Uuid> parse_uuid_text(std::string_view text) {
  if (text.size() != uuid_text_size) return std::nullopt;
  std::array<std::uint64_t, uuid_text_size> values{};
  for (std::size_t i = 0; i < uuid_text_size; ++i) {
    values[i] = digits[static_cast<unsigned char>(text[i])];
    if (values[i] == no_digit) return std::nullopt;
  }
  if (values[0] > 7) return std::nullopt;  // more than 128 bits
  std::uint64_t high = 0;
  for (std::size_t i = 0; i < 13; ++i) high = high << 5U | values[i];
  high = high << 1U | values[13] >> 4U;
  std::uint64_t low = values[13] & 15U;
  for (std::size_t i = 14; i < uuid_text_size; ++i) low = low << 5U | values[i];
  Uuid uuid;
  write_big_endian(uuid.bytes.data(), high);
  write_big_endian(uuid.bytes.data() + 8, low);
  return uuid;
}

void append_id(std::string& out, std::string_view prefix, const Uuid& uuid) {
  std::array<char, uuid_text_size + 1> text{'_'};
  write_digits(text.data() + 1, uuid);
  out += prefix;
  out.append(text.data(), text.size());
}

std::optional<Uuid> parse_id(std::string_view prefix, std::string_view text) {
  if (text.size() != prefix.size() + 1 + uuid_text_size) return std::nullopt;
  if (!text.starts_with(prefix) || text[prefix.size()] != '_') return std::nullopt;
  return parse_uuid_text(text.substr(prefix.size() + 1));
}

Instant made_at(const Uuid& uuid) {
  const auto milliseconds = read_big_endian(uuid.bytes.data()) >> 16U;
  return Instant{std::chrono::milliseconds{static_cast<std::int64_t>(milliseconds)}};
}

// Method 1 of RFC 9562 §6.2. The counter starts at random in the lower half of its 12 bits and carries into the
// milliseconds: a burst, or a clock that goes back, borrows from the future.
Uuid IdSource::next(Instant now) {
  constexpr std::int64_t latest = (std::int64_t{1} << 48U) - 1;
  std::array<std::uint64_t, 2> random{};
  random_.fill(std::as_writable_bytes(std::span{random}));
  const auto time = static_cast<std::uint64_t>(std::clamp<std::int64_t>(now.time_since_epoch().count(), 0, latest));
  const std::uint64_t fresh = time << 12U | (random[0] & 0x7FFU);
  std::uint64_t before = last_.load(std::memory_order_relaxed);
  std::uint64_t stamp = 0;
  do {
    stamp = std::max(fresh, before + 1);
  } while (!last_.compare_exchange_weak(before, stamp, std::memory_order_relaxed));

  constexpr std::uint64_t version = 7;
  constexpr std::uint64_t variant = 2;
  Uuid uuid;
  write_big_endian(uuid.bytes.data(), stamp >> 12U << 16U | version << 12U | (stamp & 0xFFFU));
  write_big_endian(uuid.bytes.data() + 8, variant << 62U | random[1] >> 2U);
  return uuid;
}

}  // namespace guerdon
