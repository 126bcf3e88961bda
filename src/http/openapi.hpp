// The OpenAPI 3.1 document, made of the same declarations that the routes are. It knows no route by name.
#pragma once

#include <string>
#include <string_view>

#include "http/route_table.hpp"

namespace guerdon::http {

/// All routes and described pages that the table has so far.
[[nodiscard]] std::string openapi_document(const RouteTable& routes, std::string_view version);

/// The same for people, as HTML without anything from elsewhere.
struct DocsPage {
  std::string html;
  std::string content_security_policy;
};
[[nodiscard]] DocsPage docs_page(const std::string& document);

/// Adds `/openapi.json` and `/docs`.
void add_documentation(RouteTable& to, const std::string& document);

}  // namespace guerdon::http
