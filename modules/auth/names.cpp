// Rules for names, by hand: a regular expression that is right about e-mail is no easier to read.
#include "names.hpp"

#include <algorithm>
#include <array>

namespace guerdon::auth {
namespace {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter(char c) { return is_lower(c) || is_upper(c); }
constexpr bool is_alphanumeric(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

bool is_username_character(char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; }

bool is_local_character(char c) {
  constexpr std::string_view others = "!#$%&'*+/=?^_`{|}~-.";
  return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
}

bool is_local_part(std::string_view local) {
  if (local.empty() || local.size() > 64) return false;
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(local, is_local_character);
}

bool is_domain_label(std::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_domain(std::string_view domain) {
  std::size_t labels = 0;
  for (;; ++labels) {
    const auto dot = domain.find('.');
    if (!is_domain_label(domain.substr(0, dot))) return false;
    // The last label has a letter: what has none is an address, not a name.
    if (dot == std::string_view::npos) return labels > 0 && std::ranges::any_of(domain, is_letter);
    domain.remove_prefix(dot + 1);
  }
}

constexpr std::string_view code_alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t code_size = 10;

}  // namespace

std::optional<std::string_view> UsernameRule::fault(std::string_view text) {
  if (std::ranges::all_of(text, is_username_character)) return std::nullopt;
  return "must consist of letters A to Z, digits, dots, underscores and hyphens";
}

std::optional<std::string_view> EmailRule::fault(std::string_view text) {
  const auto at = text.rfind('@');
  if (at != std::string_view::npos && is_local_part(text.substr(0, at)) && is_domain(text.substr(at + 1)))
    return std::nullopt;
  return "must be an e-mail address such as name@example.com";
}

std::string name_key(std::string_view name_or_email) {
  std::string key{name_or_email};
  std::ranges::transform(key, key.begin(), to_lower);
  return key;
}

std::string mailbox_key(std::string_view email) {
  const auto local = local_part(email);
  const auto tag = local.find('+');
  if (tag == std::string_view::npos || tag == 0) return name_key(email);
  return name_key(local.substr(0, tag)) + name_key(email.substr(local.size()));
}

bool is_reserved(std::string_view username) {
  constexpr std::array<std::string_view, 13> reserved{"admin",     "administrator", "anonymous", "everyone", "guerdon",
                                                      "moderator", "nobody",        "null",      "root",     "self",
                                                      "support",   "system",        "undefined"};
  static_assert(std::ranges::is_sorted(reserved));
  const auto key = name_key(username);
  return std::ranges::binary_search(reserved, std::string_view{key});
}

std::string_view local_part(std::string_view email) { return email.substr(0, email.rfind('@')); }

std::string make_invite_code(Random& random) {
  std::string code;
  for (const std::byte byte : random_bytes<code_size>(random))
    code += code_alphabet[std::to_integer<std::size_t>(byte) % code_alphabet.size()];
  return code;
}

std::optional<std::string> normalise_invite_code(std::string_view typed) {
  if (typed.size() != code_size) return std::nullopt;
  std::string code{typed};
  std::ranges::transform(code, code.begin(), to_upper);
  for (char& c : code) {
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (code_alphabet.find(c) == std::string_view::npos) return std::nullopt;
  }
  return code;
}

}  // namespace guerdon::auth
