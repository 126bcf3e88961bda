// Answers are put together by hand into one string: the constant lines are prebuilt.
#include "http/response.hpp"

#include <algorithm>
#include <charconv>

#include "http/text.hpp"

namespace guerdon::http {

namespace {

constexpr std::string_view constant_fields =
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: no-referrer\r\n";
constexpr std::string_view policy_name = "Content-Security-Policy";
constexpr std::string_view strict_policy = "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_status_line(std::string& out, int status) {
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(status));
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  const auto start = out.size();
  out += value;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), is_control, ' ');
  out += "\r\n";
}

bool has_content(int status) { return status != 204 && status != 304 && status >= 200; }

}  // namespace

Response problem_response(const Error& error, std::string_view request_id) {
  Response response{
      .status = error.problem.status, .body = problem_document(error, request_id), .content_type = problem_type};
  response.problem = error.problem.code;
  const bool passes = response.status == 429 || response.status == 503;
  if (error.retry_after || passes) {
    const auto delay = error.retry_after.value_or(std::chrono::seconds{1});
    response.headers.emplace_back("Retry-After", std::to_string(delay.count()));
  }
  if (response.status == 401) {
    const bool is_about_token = error.problem == problems::token_expired || error.problem == problems::token_revoked;
    response.headers.emplace_back("WWW-Authenticate", is_about_token
                                                          ? "Bearer realm=\"guerdon\", error=\"invalid_token\""
                                                          : "Bearer realm=\"guerdon\"");
  }
  return response;
}

void append_response(std::string& out, const Response& response, const Envelope& envelope) {
  append_status_line(out, response.status);
  if (response.rest) {
    append_field(out, "Content-Type", response.content_type);
    append_field(out, "X-Accel-Buffering", "no");  // or a proxy would collect what should arrive at once
  } else if (has_content(response.status)) {
    if (!response.body.empty()) append_field(out, "Content-Type", response.content_type);
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  out += constant_fields;
  bool has_policy = false;
  for (const auto& [name, value] : response.headers) {
    has_policy = has_policy || iequals(name, policy_name);
    append_field(out, name, value);
  }
  if (!has_policy) out += strict_policy;
  append_cors(out, envelope.cors, response);
  if (!envelope.request_id.empty()) append_field(out, "X-Request-Id", envelope.request_id);
  if (envelope.last)
    out += "Connection: close\r\n";
  else if (envelope.http_1_0)
    out += "Connection: keep-alive\r\n";
  out += "\r\n";
  if (has_content(response.status) && !envelope.head_only) out += response.body;
}

}  // namespace guerdon::http
