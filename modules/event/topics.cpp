// A '?' is in no type of activity, so that no two topics are written alike.
#include "event/topics.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "event/conditions.hpp"

namespace guerdon::event {
namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

std::optional<std::string_view> ActivityTypeRule::fault(std::string_view text) {
  const bool fits = !text.empty() && is_alphanumeric(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == ':' || c == '-';
  });
  if (fits) return std::nullopt;
  return "must begin with a letter or digit and go on with those, '.', '_', ':' or '-'";
}

std::string activity_topic(std::string_view type) { return "activity:" + std::string{type}; }

std::string activity_topic(std::string_view type, std::string_view attribute, const json::value& value) {
  return activity_topic(type) + '?' + std::string{attribute} + '=' + json::serialize(value);
}

}  // namespace guerdon::event
