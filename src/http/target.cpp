// Decoding happens once, and the checks are made on what came out of it.
#include "http/target.hpp"

#include <algorithm>

#include "guerdon/codec/types.hpp"
#include "http/framing.hpp"
#include "http/limits.hpp"
#include "http/text.hpp"

namespace guerdon::http {

namespace {

Error malformed(std::string_view detail) { return Error{problems::malformed_request, std::string{detail}}; }

// The path and query of `http://host/path`, where the host is the one in Host.
Result<std::string_view> without_authority(std::string_view target, std::string_view host) {
  const auto authority_start = target.find("://");
  if (authority_start == std::string_view::npos ||
      (!iequals(target.substr(0, authority_start), "http") && !iequals(target.substr(0, authority_start), "https"))) {
    return malformed("The request target must be a path.");
  }
  target.remove_prefix(authority_start + 3);
  const auto authority_end = std::min(target.find_first_of("/?"), target.size());
  if (!iequals(target.substr(0, authority_end), host)) return malformed("The request target names another host.");
  target.remove_prefix(authority_end);
  if (!target.starts_with('/')) return malformed("The request target has no path.");
  return target;
}

}  // namespace

Result<void> Target::parse(std::string_view target, std::string_view host) {
  segments_.clear();
  parameters_.clear();
  decoded_.clear();
  path_ = query_ = {};
  is_asterisk_ = target == "*";
  if (is_asterisk_) return {};
  if (!target.starts_with('/')) {
    auto rest = without_authority(target, host);
    if (!rest) return rest.error();
    target = *rest;
  }
  if (target.find('#') != std::string_view::npos) return malformed("The request target must not have a fragment.");
  decoded_.reserve(target.size());
  const auto question = target.find('?');
  path_ = target.substr(0, question);
  if (question != std::string_view::npos) query_ = target.substr(question + 1);
  if (auto parsed = parse_path(); !parsed) return parsed;
  return parse_query();
}

Result<void> Target::parse_path() {
  if (path_.find('\\') != std::string_view::npos) return malformed("The path must not have a backslash.");
  std::string_view rest = path_.substr(1);
  for (bool more = true; more;) {
    const auto slash = rest.find('/');
    more = slash != std::string_view::npos;
    const auto sent = rest.substr(0, slash);
    if (more) rest.remove_prefix(slash + 1);
    if (sent.size() > max_segment) return Error{problems::uri_too_long, "A path segment is too long."};
    auto segment = decoded(sent, false);
    if (!segment) return segment.error();
    if (*segment == "." || *segment == "..") return malformed("The path must not have dot segments.");
    if (segment->find_first_of("/\\") != std::string_view::npos) {
      return malformed("The path must not have an encoded slash or backslash.");
    }
    segments_.push_back(*segment);
  }
  if (segments_.size() > max_segments) segments_.clear();
  return {};
}

Result<void> Target::parse_query() {
  std::string_view rest = query_;
  while (!rest.empty()) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    if (pair.empty()) continue;
    if (parameters_.size() == max_query_parameters) {
      return Error{problems::uri_too_long, "There are too many query parameters."};
    }
    const auto equals = pair.find('=');
    auto name = decoded(pair.substr(0, equals), true);
    auto value = decoded(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
    if (!name || !value) return name ? value.error() : name.error();
    parameters_.emplace_back(*name, *value);
  }
  return {};
}

Result<std::string_view> Target::decoded(std::string_view text, bool plus_is_space) {
  if (text.find_first_of(plus_is_space ? "%+" : "%") == std::string_view::npos) return text;
  const auto start = decoded_.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) c = ' ';
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
      if (low < 0) return malformed("The request target has an invalid percent-encoding.");
      c = static_cast<char>(high * 16 + low);
      i += 2;
      if (c == '\0') return malformed("The request target must not have a NUL.");
    }
    decoded_ += c;
  }
  const auto result = std::string_view{decoded_}.substr(start);
  if (!detail::is_utf8(result)) return malformed("The request target must be UTF-8.");
  return result;
}

}  // namespace guerdon::http
