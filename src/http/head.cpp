// The one place that knows Beast's parser.
#include "http/head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "http/text.hpp"

namespace guerdon::http {

namespace beast_http = boost::beast::http;

namespace {

using ErrorCode = boost::beast::error_code;
using boost::beast::string_view;

std::string_view view(string_view text) { return {text.data(), text.size()}; }

FieldName name_of(beast_http::field known, std::string_view name) {
  using beast_http::field;
  switch (known) {
    case field::accept:
      return FieldName::accept;
    case field::access_control_request_method:
      return FieldName::access_control_request_method;
    case field::authorization:
      return FieldName::authorization;
    case field::connection:
      return FieldName::connection;
    case field::content_encoding:
      return FieldName::content_encoding;
    case field::content_type:
      return FieldName::content_type;
    case field::expect:
      return FieldName::expect;
    case field::if_match:
      return FieldName::if_match;
    case field::if_none_match:
      return FieldName::if_none_match;
    case field::origin:
      return FieldName::origin;
    case field::user_agent:
      return FieldName::user_agent;
    case field::unknown:
      break;
    default:
      return FieldName::other;
  }
  if (iequals(name, "idempotency-key")) return FieldName::idempotency_key;
  if (iequals(name, "x-request-id")) return FieldName::x_request_id;
  if (iequals(name, "traceparent")) return FieldName::traceparent;
  if (iequals(name, "x-forwarded-for")) return FieldName::x_forwarded_for;
  if (iequals(name, "last-event-id")) return FieldName::last_event_id;
  if (iequals(name, "x-idempotency-key")) return FieldName::x_idempotency_key;
  return FieldName::other;
}

// Stops at the end of the head: bodies never reach it.
class Parser final : public beast_http::basic_parser<true> {
 public:
  explicit Parser(Head& head) : head_(head) {
    header_limit(max_head);
    body_limit(boost::none);
    eager(false);
  }

 private:
  void on_request_impl(beast_http::verb, string_view method, string_view target, int version, ErrorCode&) override {
    head_.method = view(method);
    head_.target = view(target);
    head_.http_1_0 = version == 10;
  }
  void on_field_impl(beast_http::field field, string_view name, string_view value, ErrorCode&) override {
    head_.add({name_of(field, view(name)), view(value)});
  }
  void on_response_impl(int, string_view, int, ErrorCode&) override {}
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(string_view, ErrorCode&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, string_view, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view, ErrorCode&) override { return 0; }
  void on_finish_impl(ErrorCode&) override {}

  Head& head_;
};

bool agree(const Parser& parser, const Framing& framing, const Head& head) {
  return parser.chunked() == framing.chunked && parser.content_length().value_or(0) == framing.length &&
         head.method == framing.method && head.target == framing.target && head.http_1_0 == framing.http_1_0;
}

}  // namespace

std::string_view Head::value(FieldName name) const {
  for (const auto& field : *this) {
    if (field.name == name) return field.value;
  }
  return {};
}

std::size_t Head::count(FieldName name) const {
  std::size_t found = 0;
  for (const auto& field : *this) found += field.name == name ? 1U : 0U;
  return found;
}

bool Head::lists(FieldName name, std::string_view token) const {
  for (const auto& field : *this) {
    if (field.name != name) continue;
    for (auto list = field.value; !list.empty();) {
      if (iequals(next_item(list), token)) return true;
    }
  }
  return false;
}

bool Head::keeps_alive() const {
  if (lists(FieldName::connection, "close")) return false;
  return !http_1_0 || lists(FieldName::connection, "keep-alive");
}

Result<void> parse_head(std::string_view bytes, const Framing& framing, Head& head) {
  head.clear();
  Parser parser{head};
  ErrorCode error;
  const auto used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error || used != bytes.size() || !parser.is_header_done() || !agree(parser, framing, head)) {
    return Error{problems::malformed_request, "The head is not well-formed."};
  }
  return {};
}

}  // namespace guerdon::http
