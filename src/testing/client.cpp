// The calls of a test and their answers (testing.hpp).
#include <boost/json/serialize.hpp>

#include <stdexcept>

#include "guerdon/testing.hpp"
#include "runtime/http_client.hpp"

namespace guerdon::testing {
namespace {

constexpr JsonLimits any_json{.depth = 32, .nodes = 1'000'000};

}  // namespace

std::string Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

json::value Response::json() const {
  auto value = parse_json(body, any_json);
  if (!value) throw std::runtime_error("status " + std::to_string(status) + ", not JSON: " + body);
  return *std::move(value);
}

json::value Response::at(std::string_view pointer) const {
  const auto value = json();
  json::error_code error;
  const auto* found = value.find_pointer({pointer.data(), pointer.size()}, error);
  if (found != nullptr) return *found;
  throw std::runtime_error("status " + std::to_string(status) + ", no " + std::string{pointer} + ": " + body);
}

std::string Response::text(std::string_view pointer) const {
  const auto value = at(pointer);
  if (value.is_string()) return std::string{value.get_string()};
  throw std::runtime_error(std::string{pointer} + " is no string: " + body);
}

Call json_call(std::string method, std::string path, const json::value& body, const std::string& token) {
  Call call{.method = std::move(method), .path = std::move(path)};
  if (!token.empty()) call.headers.emplace_back("Authorization", "Bearer " + token);
  if (body.is_null()) return call;
  call.headers.emplace_back("Content-Type", "application/json");
  call.body = json::serialize(body);
  return call;
}

struct Client::Impl {
  HttpClient http;
};

Client::Client(std::uint16_t port) : impl_(new Impl{HttpClient{"127.0.0.1", port}}) {}

Client::~Client() = default;

Response Client::send(const Call& call) {
  auto reply = impl_->http.send({call.method, call.path, call.headers, call.body});
  return {reply.status, std::move(reply.headers), std::move(reply.body)};
}

}  // namespace guerdon::testing
