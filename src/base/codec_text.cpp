// JSON out, byte by byte, and the checks of text. Whatever comes in, what goes out is valid JSON in valid UTF-8.
#include "guerdon/codec.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace guerdon {
namespace {

// Of the UTF-8 sequence at the front, 0 where there is none (Unicode 15, table 3-7).
std::size_t sequence_size(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto continues = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80; };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && at(1) < 0xA0;
    const bool surrogate = lead == 0xED && at(1) >= 0xA0;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && at(1) < 0x90;
    const bool too_large = lead == 0xF4 && at(1) >= 0x90;
    return continues(1) && continues(2) && continues(3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

constexpr bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

// How many bytes at the front need neither escape nor check; eight at a time, by the sign bits of subtractions that
// borrow.
std::size_t plain_prefix(const char* text, std::size_t size) {
  constexpr std::uint64_t each = 0x0101010101010101U;
  constexpr std::uint64_t signs = each * 0x80;
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text + i, 8);
    const std::uint64_t quote = word ^ each * '"';
    const std::uint64_t backslash = word ^ each * '\\';
    if (((word | (word - each * 0x20) | (quote - each) | (backslash - each)) & signs) != 0) break;
  }
  while (i < size && is_plain(static_cast<unsigned char>(text[i]))) ++i;
  return i;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto code = static_cast<unsigned char>(c);
  out += "\\u00";
  out += hex[code >> 4U];
  out += hex[code & 15U];
}

bool is_control(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return lead < 0x20 || lead == 0x7F;
  return lead == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;  // C1
}

std::string characters(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " character" : " characters");
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto plain = plain_prefix(text.data(), text.size());
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto size = sequence_size(text);
    if (size == 0) out += "\xEF\xBF\xBD";
    if (size == 1) append_escape(out, text.front());
    if (size > 1) out.append(text.data(), size);
    text.remove_prefix(size == 0 ? 1 : size);
  }
  out += '"';
}

void append_json_object(std::string& out, const json::object& object) {
  char separator = '{';
  for (const auto& member : object) {
    out += std::exchange(separator, ',');
    append_json_string(out, {member.key().data(), member.key().size()});
    out += ':';
    append_json_value(out, member.value());
  }
  out += object.empty() ? "{}" : "}";
}

void append_json_value(std::string& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      out += "null";
      return;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case json::kind::int64:
      return detail::append_integer(out, value.get_int64());
    case json::kind::uint64:
      out += std::to_string(value.get_uint64());
      return;
    case json::kind::double_:
      return detail::append_double(out, value.get_double());
    case json::kind::string:
      return append_json_string(out, {value.get_string().data(), value.get_string().size()});
    case json::kind::object:
      return append_json_object(out, value.get_object());
    case json::kind::array:
      break;
  }
  char separator = '[';
  for (const auto& item : value.get_array()) {
    out += std::exchange(separator, ',');
    append_json_value(out, item);
  }
  out += value.get_array().empty() ? "[]" : "]";
}

std::size_t code_points(std::string_view utf8) noexcept {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
  return count;
}

namespace detail {

void append_integer(std::string& out, std::int64_t number) {
  std::array<char, 20> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

// The shortest text that reads back as the same number; JSON has none for what is not finite.
void append_double(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto size = sequence_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::optional<TextFault> text_fault(std::string_view text, std::size_t min, std::size_t max,
                                    std::string_view controls) {
  std::size_t length = 0;
  for (std::string_view rest = text; !rest.empty(); ++length) {
    const auto size = sequence_size(rest);
    if (size == 0) return TextFault{"bad-format", "must be valid UTF-8"};
    const bool allowed = size == 1 && rest.front() != '\0' && controls.find(rest.front()) != controls.npos;
    if (!allowed && is_control(rest.substr(0, size))) {
      return TextFault{"control-character", "must not contain control characters"};
    }
    rest.remove_prefix(size);
  }
  if (length < min) return TextFault{"too-short", "must have at least " + characters(min)};
  if (length > max) return TextFault{"too-long", "must have at most " + characters(max)};
  return std::nullopt;
}

}  // namespace detail
}  // namespace guerdon
