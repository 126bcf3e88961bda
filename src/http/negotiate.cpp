// Media ranges and entity tags.
#include "http/negotiate.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

#include "http/text.hpp"

namespace guerdon::http {

namespace {

// Is q=0, 0.0, 0.00 or 0.000? Anything else, nonsense included, accepts.
bool is_refused(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = next_item(parameters, ';');
    if (parameter.size() < 3 || lower(parameter[0]) != 'q' || parameter[1] != '=') continue;
    return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

// How closely a media range fits a type: 3 exactly, 2 its group, 1 anything, 0 not.
int closeness(std::string_view range, std::string_view type) {
  if (range == "*/*") return 1;
  if (iequals(range, type)) return 3;
  const auto slash = type.find('/');
  return range.ends_with("/*") && iequals(range.substr(0, range.size() - 1), type.substr(0, slash + 1)) ? 2 : 0;
}

constexpr std::uint64_t multiplier = 0x9E3779B97F4A7C15U;

__extension__ using Wide = unsigned __int128;

std::uint64_t mix(std::uint64_t state, std::uint64_t word) {
  const auto product = static_cast<Wide>(state ^ word) * multiplier;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U) ^ std::rotl(state, 29);
}

void append_hex(std::string& out, std::uint64_t number) {
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[(number >> shift) & 15U];
}

bool names(std::string_view tags, std::string_view etag, bool weakly) {
  if (trim(tags) == "*") return true;
  while (!tags.empty()) {
    auto tag = next_item(tags);
    if (weakly && tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag) return true;
  }
  return false;
}

}  // namespace

bool accepts(const Head& head, std::string_view content_type) {
  const auto type = content_type.substr(0, content_type.find(';'));
  int best = 0;
  bool refused = false;
  bool asked = false;
  for (const auto& field : head) {
    if (field.name != FieldName::accept) continue;
    for (auto list = field.value; !list.empty();) {
      auto parameters = next_item(list);
      const auto range = next_item(parameters, ';');
      asked = asked || !range.empty();
      const int close = closeness(range, type);
      if (close <= best) continue;
      best = close;
      refused = is_refused(parameters);
    }
  }
  return !asked || (best > 0 && !refused);
}

bool asks_for(const Head& head, std::string_view content_type) {
  for (const auto& field : head) {
    if (field.name != FieldName::accept) continue;
    for (auto list = field.value; !list.empty();) {
      auto parameters = next_item(list);
      if (iequals(next_item(parameters, ';'), content_type) && !is_refused(parameters)) return true;
    }
  }
  return false;
}

// Two mixes of 64 bits over the body's words. Not a secret and no signature: equal bodies have equal tags, and
// different ones differ but for chance.
std::string etag_of(std::string_view body) {
  std::uint64_t left = body.size() + 1;
  std::uint64_t right = ~multiplier;
  while (!body.empty()) {
    std::uint64_t word = 0;
    const auto bytes = body.size() < sizeof word ? body.size() : sizeof word;
    std::memcpy(&word, body.data(), bytes);
    left = mix(left, word);
    right = mix(right, std::rotl(word, 32) + left);
    body.remove_prefix(bytes);
  }
  std::string tag = "\"";
  append_hex(tag, mix(left, right));
  append_hex(tag, mix(right, left));
  tag += '"';
  return tag;
}

bool names_weakly(std::string_view tags, std::string_view etag) { return names(tags, etag, true); }
bool names_strongly(std::string_view tags, std::string_view etag) { return names(tags, etag, false); }

}  // namespace guerdon::http
