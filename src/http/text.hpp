// Small things about HTTP's text: ASCII case, white space, comma lists. No locale, no allocation.
#pragma once

#include <algorithm>
#include <string_view>

namespace guerdon::http {

[[nodiscard]] constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

[[nodiscard]] constexpr bool iequals(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

/// Without the spaces and tabs around it.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes the next item off a list that has `separator` between its items; items are trimmed and may be empty.
[[nodiscard]] constexpr std::string_view next_item(std::string_view& list, char separator = ',') {
  const auto end = list.find(separator);
  const auto item = trim(list.substr(0, end));
  list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
  return item;
}

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

[[nodiscard]] constexpr int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/// RFC 9110's tchar: what methods and field names are made of.
[[nodiscard]] constexpr bool is_token_char(char c) {
  const char small = lower(c);
  return is_digit(c) || (small >= 'a' && small <= 'z') ||
         std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

}  // namespace guerdon::http
