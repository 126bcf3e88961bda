// See cors.hpp.
#include "http/cors.hpp"

#include <algorithm>

#include "http/response.hpp"

namespace guerdon::http {

namespace {

constexpr std::string_view exposed =
    "Access-Control-Expose-Headers: X-Request-Id, ETag, Retry-After, Idempotency-Replayed, RateLimit, "
    "RateLimit-Policy\r\n";
constexpr std::string_view may_be_sent =
    "Access-Control-Allow-Headers: Authorization, Content-Type, Idempotency-Key, X-Idempotency-Key, If-Match, "
    "If-None-Match, X-Request-Id, traceparent\r\n"
    "Access-Control-Max-Age: 600\r\n";

}  // namespace

Cors cors_of(const Head& head, std::span<const std::string> allowed) {
  if (allowed.empty()) return {};
  Cors cors{.varies = true};
  const auto origin = head.value(FieldName::origin);
  const auto found = std::find(allowed.begin(), allowed.end(), origin);
  if (head.count(FieldName::origin) != 1 || found == allowed.end()) return cors;
  cors.origin = *found;
  cors.is_preflight = head.method == "OPTIONS" && head.has(FieldName::access_control_request_method);
  return cors;
}

void append_cors(std::string& out, const Cors& cors, const Response& response) {
  if (cors.varies) out += "Vary: Origin\r\n";
  if (cors.origin.empty()) return;
  out += "Access-Control-Allow-Origin: ";
  out += cors.origin;
  out += "\r\n";
  if (!cors.is_preflight) {
    out += exposed;
    return;
  }
  for (const auto& [name, value] : response.headers) {
    if (name == "Allow") out += "Access-Control-Allow-Methods: " + value + "\r\n";
  }
  out += may_be_sent;
}

}  // namespace guerdon::http
