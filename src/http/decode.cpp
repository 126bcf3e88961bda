// What decoding a request needs no template for: media types, the JSON of a body, the names in a path.
#include <algorithm>
#include <stdexcept>

#include "guerdon/routes.hpp"
#include "http/text.hpp"

namespace guerdon::routes_detail {

namespace {

constexpr std::size_t ordinary_body = 64 * 1024;

// `application/json`, alone or with charset=utf-8 and no other parameter.
bool is_json(std::string_view content_type) {
  const auto semicolon = content_type.find(';');
  if (!http::iequals(http::trim(content_type.substr(0, semicolon)), "application/json")) return false;
  if (semicolon == std::string_view::npos) return true;
  const auto parameter = http::trim(content_type.substr(semicolon + 1));
  return http::iequals(parameter, "charset=utf-8") || http::iequals(parameter, "charset=\"utf-8\"");
}

// Bodies that may be bigger than usual may hold more values too, one for every 16 bytes.
JsonLimits limits_for(std::size_t max_body) {
  JsonLimits limits;
  if (max_body > ordinary_body) limits.nodes = max_body / 16;
  return limits;
}

}  // namespace

std::vector<std::string> captures_of(std::string_view path, std::span<const std::string_view> members) {
  std::vector<std::string> names;
  for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
    names.emplace_back(path.substr(open + 1, path.find('}', open) - open - 1));
  }
  const bool fits = names.size() == members.size() && names.size() <= max_captures &&
                    std::all_of(members.begin(), members.end(), [&](std::string_view member) {
                      return std::find(names.begin(), names.end(), member) != names.end();
                    });
  if (!fits) throw std::logic_error("the Path of route " + std::string{path} + " must have a member for each {name}");
  return names;
}

Result<json::value> read_body(const RawRequest& raw, std::size_t max_body) {
  if (raw.body.empty()) return json::value(json::object_kind);
  if (!is_json(raw.content_type)) {
    return Error{problems::unsupported_media_type, "Send the body as application/json in UTF-8."};
  }
  return parse_json(raw.body, limits_for(max_body));
}

}  // namespace guerdon::routes_detail
