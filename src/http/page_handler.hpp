// The answers that need no route of the API: pages, what a path allows, what does not exist.
#pragma once

#include <optional>
#include <string_view>

#include "http/handler.hpp"
#include "http/route_table.hpp"

namespace guerdon::http {

/// An answer unless `match` found a route of the API.
[[nodiscard]] std::optional<Response> answer_without_route(const Incoming& request, const RouteTable::Match& match);

[[nodiscard]] Response not_acceptable(std::string_view request_id);

}  // namespace guerdon::http
