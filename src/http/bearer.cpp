// Tokens of requests.
#include "http/bearer.hpp"

#include <algorithm>
#include <utility>

#include "http/framing.hpp"
#include "http/text.hpp"

namespace guerdon::http {

Result<std::optional<std::string_view>> bearer_token(const Head& head) {
  if (head.count(FieldName::authorization) > 1) {
    return Error{problems::malformed_request, "There must be one Authorization."};
  }
  constexpr std::string_view scheme = "bearer ";
  const auto value = head.value(FieldName::authorization);
  if (!iequals(value.substr(0, scheme.size()), scheme)) return std::optional<std::string_view>{};
  return std::optional{trim(value.substr(scheme.size()))};
}

Response refuse_token(const Error& error, bool token_was_shown, std::string_view request_id) {
  auto response = problem_response(error, request_id);
  std::string challenge = "Bearer realm=\"guerdon\"";
  if (error.problem.status == 403)
    challenge += ", error=\"insufficient_scope\"";
  else if (token_was_shown)
    challenge += ", error=\"invalid_token\"";
  std::erase_if(response.headers, [](const auto& header) { return header.first == "WWW-Authenticate"; });
  response.headers.emplace_back("WWW-Authenticate", std::move(challenge));
  return response;
}

Result<Credential> TokenCache::verify(std::string_view token, Instant now) {
  const auto is_fresh = [&](const Known& known, Known::const_iterator found) {
    return found != known.end() && now < found->second.expires_at;
  };
  if (const auto found = young_.find(token); is_fresh(young_, found)) return found->second;
  if (const auto found = old_.find(token); is_fresh(old_, found)) {
    const auto credential = found->second;
    young_.insert(old_.extract(found));
    return credential;
  }
  auto credential = authenticator_.verify(token, now);
  if (!credential || now >= credential->expires_at) return credential;
  if (young_.size() >= generation) {
    old_ = std::move(young_);
    young_ = {};
  }
  young_.insert_or_assign(std::string{token}, *credential);
  return credential;
}

}  // namespace guerdon::http
