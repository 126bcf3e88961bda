// Pages of other origins that may call the API from a browser: those of a list, compared exactly. Every other origin is
// told nothing, and none is ever given credentials of the browser's own.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "http/head.hpp"

namespace guerdon::http {

struct Response;

/// What a request says of where it comes from.
struct Cors {
  std::string_view origin = {};  ///< the entry of the list that it is; empty = none of them
  bool varies = false;           ///< there is a list: caches must tell origins apart
  bool is_preflight = false;     ///< the browser asks beforehand
};

/// `allowed` outlives the answer.
[[nodiscard]] Cors cors_of(const Head& head, std::span<const std::string> allowed);

/// The answer's own header lines. A preflight's methods are those that the response allows.
void append_cors(std::string& out, const Cors& cors, const Response& response);

}  // namespace guerdon::http
