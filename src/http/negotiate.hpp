// What a client accepts, and which copy of a resource it has.
#pragma once

#include <string>
#include <string_view>

#include "http/head.hpp"

namespace guerdon::http {

/// May the answer be of that type (`application/json; charset=utf-8`)? Without an Accept, any may.
[[nodiscard]] bool accepts(const Head& head, std::string_view content_type);

/// Does Accept name that type itself? For what a client gets only if it asks.
[[nodiscard]] bool asks_for(const Head& head, std::string_view content_type);

/// A strong entity tag of the body, quoted.
[[nodiscard]] std::string etag_of(std::string_view body);

/// If-None-Match names the tag, or any.
[[nodiscard]] bool names_weakly(std::string_view tags, std::string_view etag);
/// If-Match names the tag, or any. Weak tags never match.
[[nodiscard]] bool names_strongly(std::string_view tags, std::string_view etag);

}  // namespace guerdon::http
