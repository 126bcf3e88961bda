// One request of a connection: from its first byte to the handler, or to a refusal that ends the connection.
#include <algorithm>
#include <exception>
#include <utility>

#include "http/connection.hpp"
#include "http/io_thread.hpp"
#include "http/text.hpp"
#include "telemetry/log.hpp"

namespace guerdon::http {

namespace {

constexpr std::string_view empty_line = "\r\n";
constexpr std::size_t max_request_id = 64;
constexpr std::string_view all_methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

bool is_sane_id(std::string_view id) {
  return !id.empty() && id.size() <= max_request_id && std::all_of(id.begin(), id.end(), [](char c) {
    const char small = lower(c);
    return is_digit(c) || (small >= 'a' && small <= 'z') || c == '.' || c == '_' || c == '-';
  });
}

// What a method says of its own message. No tunnel, no echo, no body where none has a meaning.
Result<void> check_method(const Framing& framing) {
  const auto method = framing.method;
  if (method == "CONNECT" || method == "TRACE") return Error{problems::method_not_allowed};
  const bool takes_body = method != "GET" && method != "HEAD" && method != "DELETE" && method != "OPTIONS";
  if (framing.has_body() && !takes_body) {
    return Error{problems::malformed_request, "A " + std::string{method} + " request has no body."};
  }
  return {};
}

}  // namespace

Connection::Arrived Connection::receive() {
  try {
    const bool is_new = head_size_ == 0;
    auto arrived = is_new ? receive_head() : Result<bool>{true};
    if (is_new && arrived && *arrived) {
      if (auto refusal = screen()) {
        refuse(*std::move(refusal));
        return Arrived::refused;
      }
    }
    if (arrived && *arrived) arrived = receive_body();
    if (!arrived) {
      refuse(arrived.error());
      return Arrived::refused;
    }
    if (!*arrived) return Arrived::part;
  } catch (const std::exception& error) {
    log::error("http", "receiving a request failed", {{"error", error.what()}});
    refuse(Error{});
    return Arrived::refused;
  }
  dispatch();
  return Arrived::whole;
}

Result<bool> Connection::receive_head() {
  if (!skipped_empty_line_ && buffer_.data().starts_with(empty_line)) {  // RFC 9112, 2.2
    buffer_.consume(empty_line.size());
    skipped_empty_line_ = true;
  }
  if (buffer_.empty() || (!skipped_empty_line_ && buffer_.data() == "\r")) return false;
  auto size = scanner_.scan(buffer_.data());
  if (!size || *size == 0) return size ? Result<bool>{false} : size.error();
  head_size_ = *size;
  if (auto read = read_head(); !read) return read.error();
  const auto& head = thread_.head();
  name_request(head.value(FieldName::x_request_id));
  envelope_ = {.request_id = {},
               .head_only = head.method == "HEAD",
               .http_1_0 = head.http_1_0,
               .cors = cors_of(head, thread_.options().cors_origins)};
  keeps_alive_ = head.keeps_alive();
  return true;
}

// Gives the thread's scratch objects this request's head. Again when the buffer moved or another connection had them.
Result<void> Connection::read_head() {
  const auto bytes = buffer_.data().substr(0, head_size_);
  auto framing = check_head(bytes);
  if (!framing) return framing.error();
  framing_ = *framing;
  if (auto allowed = check_method(framing_); !allowed) return allowed;
  if (auto parsed = parse_head(bytes, framing_, thread_.head()); !parsed) return parsed;
  return thread_.target().parse(framing_.target, framing_.host);
}

// What the head alone is refused for, or nothing: then the body may come.
std::optional<Response> Connection::screen() {
  const auto refused = [&](const Problem& problem, std::string_view detail) {
    return problem_response(Error{problem, std::string{detail}}, request_id_);
  };
  const auto& head = thread_.head();
  const auto expect = framing_.http_1_0 ? std::string_view{} : head.value(FieldName::expect);
  const bool waits = !expect.empty() && framing_.has_body();
  if (!expect.empty() && !iequals(expect, "100-continue"))
    return refused(problems::expectation_failed, "The only expectation is 100-continue.");
  const auto encoding = head.value(FieldName::content_encoding);
  if (!encoding.empty() && !iequals(encoding, "identity"))
    return refused(problems::unsupported_media_type, "Content-Encoding is not supported in requests.");
  const bool before_body = waits || framing_.chunked || framing_.length > http::max_body;
  auto screening = thread_.handler().screen(head, thread_.target(), request_id_, before_body);
  route_ = thread_.handler().route();
  if (screening.refusal) return std::move(screening.refusal);
  max_body_ = screening.max_body;
  if (framing_.length > max_body_) return refused(problems::body_too_large, "The body is too large.");
  if (framing_.chunked) chunks_.emplace();
  if (waits && buffer_.size() == head_size_) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  return std::nullopt;
}

Result<bool> Connection::receive_body() {
  if (!chunks_) return buffer_.size() - head_size_ >= framing_.length;
  auto used = chunks_->feed(buffer_.data().substr(head_size_), max_body_);
  if (!used) return used.error();
  buffer_.erase(head_size_, *used);
  return chunks_->done();
}

void Connection::dispatch() {
  const auto length = chunks_ ? 0 : static_cast<std::size_t>(framing_.length);
  const bool has_moved = phase_ == Phase::body;  // a body that came later: the head's views are gone
  if (has_moved && !read_head()) return refuse(Error{});
  enter(Phase::handler);
  began_ = thread_.now();
  ++served_;
  ++sequence_;
  const auto body = chunks_ ? std::string_view{chunks_->body()} : buffer_.data().substr(head_size_, length);
  const auto later = [&](const Problem& too_late) {
    is_busy_ = true;
    too_late_ = too_late;
    enter(Phase::handler, thread_.options().timeouts.handler);
    handler_deadline_ = deadline_;
    return Ticket{thread_.mailbox(), shared_from_this(), sequence_};
  };
  const log::RequestScope scope{request_id_};
  std::optional<Response> response;
  thread_.note_request();
  try {
    response = thread_.handler().handle({thread_.head(), thread_.target(), body, request_id_, peer_}, later);
  } catch (const std::exception& error) {
    log::error("http", "a request failed", {{"error", error.what()}});
    response = problem_response(Error{}, request_id_);
  } catch (...) {
    log::error("http", "a request failed", {{"error", "not a std::exception"}});
    response = problem_response(Error{}, request_id_);
  }
  buffer_.consume(head_size_ + length);
  head_size_ = 0;
  scanner_ = {};
  chunks_.reset();
  skipped_empty_line_ = false;
  if (!is_busy_) finish(response ? *std::move(response) : problem_response(Error{}, request_id_));
}

void Connection::refuse(const Error& error) {
  if (request_id_.empty()) name_request({});
  auto response = problem_response(error, request_id_);
  if (error.problem.status == 405) response.headers.emplace_back("Allow", all_methods);
  refuse(std::move(response));
}

void Connection::refuse(Response response) {
  response.close = true;
  finish(std::move(response));
}

void Connection::name_request(std::string_view given) {
  request_id_.clear();
  if (is_sane_id(given))
    request_id_ = given;
  else
    thread_.append_request_id(request_id_);
}

}  // namespace guerdon::http
