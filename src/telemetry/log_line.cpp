// See log_line.hpp.
#include "telemetry/log_line.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <cmath>
#include <iterator>

namespace guerdon::log {
namespace {

constexpr std::size_t max_text = 2048;  // of a message or of one value
constexpr std::size_t max_name = 64;    // of a component, a key or a request id
constexpr std::string_view cut_mark = "...";
constexpr std::string_view json_end = ",\"truncated\":true}\n";
constexpr std::string_view text_end = " truncated=true\n";

struct Decoded {
  char32_t code_point;
  std::size_t size;  // of its bytes; 0 when they are not UTF-8
};

// The next code point, by the table of well-formed sequences (Unicode 3.9): no overlong forms, surrogates or values
// above U+10FFFF.
Decoded next_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto trail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first >= 0xC2 && first <= 0xDF && trail(1)) return {(first & 0x1FU) << 6U | (byte(1) & 0x3FU), 2};
  if (first >= 0xE0 && first <= 0xEF && trail(1) && trail(2)) {
    const char32_t code = (first & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
    if (code >= 0x800 && (code < 0xD800 || code > 0xDFFF)) return {code, 3};
  }
  if (first >= 0xF0 && first <= 0xF4 && trail(1) && trail(2) && trail(3)) {
    const char32_t code =
        (first & 0x07U) << 18U | (byte(1) & 0x3FU) << 12U | (byte(2) & 0x3FU) << 6U | (byte(3) & 0x3FU);
    if (code >= 0x10000 && code <= 0x10FFFF) return {code, 4};
  }
  return {0xFFFD, 0};
}

bool needs_escape(char32_t code) {
  const bool is_control = code < 0x20 || (code >= 0x7F && code <= 0x9F);
  // Line separators, and the marks that reorder text on a terminal.
  const bool is_layout =
      code == 0x2028 || code == 0x2029 || (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return is_control || is_layout || code == '"' || code == '\\';
}

std::string escaped(char32_t code) {
  switch (code) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return fmt::format("\\u{:04x}", static_cast<unsigned>(code));
  }
}

bool sounds_secret(std::string_view key) {
  static constexpr std::array<std::string_view, 6> words{"password",      "secret", "token",
                                                         "authorization", "cookie", "email"};
  std::string lower;
  for (const char c : key) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto word : words) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

void append_quoted(std::string& out, std::string_view text, std::size_t limit) {
  out += '"';
  append_escaped(out, text, limit);
  out += '"';
}

bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7F || c == '"' || c == '\\' || c == '=') return false;
  }
  return true;
}

void append_value(std::string& out, const Field& field, Format format) {
  if (sounds_secret(field.key)) {
    out += format == Format::json ? "\"***\"" : "***";
    return;
  }
  std::visit(
      [&](auto held) {
        using T = decltype(held);
        if constexpr (std::is_same_v<T, std::string_view>) {
          if (format == Format::text && held.size() <= max_text && is_plain(held))
            out += held;
          else
            append_quoted(out, held, max_text);
        } else if constexpr (std::is_same_v<T, double>) {
          if (std::isfinite(held))
            fmt::format_to(std::back_inserter(out), "{}", held);
          else
            out += "null";
        } else {
          fmt::format_to(std::back_inserter(out), "{}", held);
        }
      },
      field.value.held());
}

std::string rendered_field(const Field& field, Format format) {
  std::string out;
  if (format == Format::json) {
    out += ',';
    append_quoted(out, field.key, max_name);
    out += ':';
  } else {
    out += ' ';
    append_escaped(out, field.key, max_name);
    out += '=';
  }
  append_value(out, field, format);
  return out;
}

std::string_view name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    default:
      return "error";
  }
}

std::string head(const Line& line, Format format) {
  std::string out;
  if (format == Format::json) {
    out = fmt::format("{{\"time\":\"{}\",\"level\":\"{}\",\"component\":", to_rfc3339(line.time), name(line.level));
    append_quoted(out, line.component, max_name);
    out += ",\"message\":";
    append_quoted(out, line.message, max_text);
  } else {
    out = fmt::format("{} {:<7} ", to_rfc3339(line.time), name(line.level));
    append_escaped(out, line.component, max_name);
    out += ": ";
    append_escaped(out, line.message, max_text);
  }
  if (!line.request_id.empty()) out += rendered_field({"requestId", line.request_id}, format);
  if (!line.trace_id.empty()) out += rendered_field({"traceId", line.trace_id}, format);
  return out;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text, std::size_t limit) {
  std::size_t room = limit;
  while (!text.empty()) {
    const auto [code, size] = next_code_point(text);
    const std::string piece = size == 0            ? "\xEF\xBF\xBD"
                              : needs_escape(code) ? escaped(code)
                                                   : std::string{text.substr(0, size)};
    text.remove_prefix(size == 0 ? 1 : size);
    if (piece.size() + (text.empty() ? 0 : cut_mark.size()) > room) {
      out += cut_mark;
      return;
    }
    room -= piece.size();
    out += piece;
  }
}

std::string render(const Line& line, Format format) {
  const std::string_view end = format == Format::json ? json_end : text_end;
  std::string out = head(line, format);
  for (const auto& field : line.fields) {
    const std::string piece = rendered_field(field, format);
    if (out.size() + piece.size() + end.size() > max_line) return out += end;
    out += piece;
  }
  return out += format == Format::json ? "}\n" : "\n";
}

}  // namespace guerdon::log
