// One statement takes a key, whether nobody has it or its holder's time is over: a concurrent twin waits at it.
#include "http/idempotency.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "guerdon/codec.hpp"
#include "guerdon/json.hpp"
#include "http/framing.hpp"

namespace guerdon::http {

namespace {

constexpr std::size_t longest_key = 255;

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

Bytes bytes_of(const Digest& digest) { return {std::string{as_text(digest)}}; }

// Parts with their lengths, so that no two lists of parts are the same text.
Digest digest_of(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text.append(std::to_string(part.size())).append(":").append(part);
  return sha256(text);
}

using HeaderLines = std::vector<std::vector<std::string>>;

std::string to_text(const Headers& headers) {
  HeaderLines lines;
  for (const auto& [name, value] : headers) lines.push_back({name, value});
  return to_json(lines);
}

Headers headers_of(const std::string& text) {
  Headers headers;
  for (auto& line : decode<HeaderLines>(parse_json(text).value()).value()) {
    headers.emplace_back(std::move(line.at(0)), std::move(line.at(1)));
  }
  return headers;
}

struct Kept {
  Bytes request;
  int status = 0;
  std::string headers, body;
};
BOOST_DESCRIBE_STRUCT(Kept, (), (request, status, headers, body))

}  // namespace

Result<std::optional<std::string_view>> idempotency_key(const Head& head) {
  std::optional<std::string_view> key;
  for (const auto& [name, value] : head) {
    if (name != FieldName::idempotency_key && name != FieldName::x_idempotency_key) continue;
    const bool is_good =
        !value.empty() && value.size() <= longest_key && std::all_of(value.begin(), value.end(), is_visible);
    if (!is_good) {
      return Error{problems::malformed_request, "Idempotency-Key must be 1 to 255 visible ASCII characters."};
    }
    if (key && *key != value) return Error{problems::malformed_request, "There must be one Idempotency-Key."};
    key = value;
  }
  return key;
}

Repeatable repeatable(const KeyedRequest& request) {
  std::string caller;
  if (request.actor) {
    caller = request.actor->value();
  } else {
    caller.append("from ").append(request.address).append(" ").append(as_text(sha256(request.body)));
  }
  return {.scope = digest_of({caller, request.method, request.path, request.key}),
          .request = digest_of({request.key, request.query, request.body})};
}

std::optional<Response> find_kept(Snapshot& snapshot, const Repeatable& repeatable, std::string_view request_id) {
  auto kept = snapshot.find<Kept>(
      "SELECT request, status, headers, body FROM idempotency_keys WHERE scope = $1 AND expires_at > $2",
      bytes_of(repeatable.scope), snapshot.now());
  if (!kept) return std::nullopt;
  if (kept->request != bytes_of(repeatable.request)) {
    return problem_response(
        Error{problems::idempotency_key_reused, "This Idempotency-Key was used with another request."}, request_id);
  }
  Response response{.status = kept->status,
                    .body = std::move(kept->body),
                    .content_type = kept->status >= 400 ? problem_type : json_type,
                    .headers = headers_of(kept->headers)};
  response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

std::optional<Response> claim(Tx& tx, const Repeatable& repeatable, std::chrono::milliseconds window,
                              std::string_view request_id) {
  const auto taken = tx.exec(
      "INSERT INTO idempotency_keys (scope, request, status, headers, body, expires_at) "
      "VALUES ($1, $2, 0, '[]', '', $3) "
      "ON CONFLICT (scope) DO UPDATE SET request = excluded.request, status = 0, headers = '[]', body = '', "
      "expires_at = excluded.expires_at WHERE idempotency_keys.expires_at <= $4",
      bytes_of(repeatable.scope), bytes_of(repeatable.request), tx.now() + window, tx.now());
  if (taken > 0) return std::nullopt;
  if (auto kept = find_kept(tx, repeatable, request_id)) return kept;
  return problem_response(Error{problems::idempotency_in_progress, "A request with this key is still running."}.after(
                              std::chrono::seconds{1}),
                          request_id);
}

bool is_kept(const Response& response) {
  return response.kept && ((response.status >= 200 && response.status < 300) || response.status == 409);
}

void keep(Tx& tx, const Repeatable& repeatable, const Response& response) {
  tx.exec("UPDATE idempotency_keys SET status = $2, headers = $3, body = $4 WHERE scope = $1",
          bytes_of(repeatable.scope), response.status, to_text(response.headers), response.body);
}

void let_go(Tx& tx, const Repeatable& repeatable) {
  tx.exec("DELETE FROM idempotency_keys WHERE scope = $1", bytes_of(repeatable.scope));
}

std::int64_t prune_kept(Tx& tx, std::int64_t limit) {
  return tx.exec(
      "DELETE FROM idempotency_keys WHERE scope IN "
      "(SELECT scope FROM idempotency_keys WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
      tx.now(), limit);
}

std::optional<InPreparation::Hold> InPreparation::enter(const Digest& scope) {
  const std::lock_guard lock{mutex_};
  if (!scopes_.insert(scope).second) return std::nullopt;
  Hold hold;
  hold.registry_ = {this, Hold::Leave{scope}};
  return hold;
}

void InPreparation::leave(const Digest& scope) {
  const std::lock_guard lock{mutex_};
  scopes_.erase(scope);
}

}  // namespace guerdon::http
