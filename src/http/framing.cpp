// The framing rules. Strict on purpose: a client that breaks one of these is broken or hostile.
#include "http/framing.hpp"

#include <algorithm>
#include <charconv>

#include "http/limits.hpp"
#include "http/text.hpp"

namespace guerdon::http {

namespace {

constexpr std::string_view line_end = "\r\n";

Error malformed(std::string_view detail) { return Error{problems::malformed_request, std::string{detail}}; }

bool is_visible(char c) { return c > ' ' && c < '\x7f'; }

// What a field value may hold: no control characters but the tab. Bytes above ASCII are opaque.
bool is_field_text(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= ' ' && byte != 0x7f) || byte == '\t';
  });
}

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

bool is_port(std::string_view port) {
  return !port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), is_digit);
}

// uri-host [ ":" port ], where the host is a name, an IPv4 address or an IPv6 address in brackets.
bool is_host(std::string_view host) {
  std::string_view name = host;
  if (host.starts_with('[')) {
    const auto close = host.find(']');
    if (close == std::string_view::npos || close < 3) return false;
    name = host.substr(1, close - 1);
    const auto rest = host.substr(close + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return false;
    return std::all_of(name.begin(), name.end(), [](char c) { return hex_digit(c) >= 0 || c == ':' || c == '.'; });
  }
  if (const auto colon = host.find(':'); colon != std::string_view::npos) {
    if (!is_port(host.substr(colon + 1))) return false;
    name = host.substr(0, colon);
  }
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    const char small = lower(c);
    return is_digit(c) || (small >= 'a' && small <= 'z') || c == '.' || c == '-' || c == '_';
  });
}

// What the fields that frame a message have said so far.
struct Fields {
  std::size_t count = 0, hosts = 0, lengths = 0, encodings = 0;
  std::string_view host, length;
};

Result<void> check_request_line(std::string_view line, Framing& framing) {
  const auto first = line.find(' ');
  const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return malformed("The request line must be: method, target, version.");
  framing.method = line.substr(0, first);
  framing.target = line.substr(first + 1, second - first - 1);
  const auto version = line.substr(second + 1);
  if (!is_token(framing.method)) return malformed("The method is not a token.");
  if (framing.target.empty() || !std::all_of(framing.target.begin(), framing.target.end(), is_visible)) {
    return malformed("The request target has a character that must be percent-encoded.");
  }
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7])) {
    return malformed("The request line does not end in an HTTP version.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Error{problems::version_not_supported, "Use HTTP/1.1."};
  }
  framing.http_1_0 = version == "HTTP/1.0";
  return {};
}

Result<void> check_field(std::string_view line, Fields& fields, Framing& framing) {
  if (++fields.count > max_fields) return Error{problems::headers_too_large, "There are too many header fields."};
  if (line.front() == ' ' || line.front() == '\t') return malformed("A header field must not be folded.");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return malformed("A header field must be a name, a colon and a value.");
  }
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  if (!is_field_text(value)) return malformed("A header field has a control character.");
  if (iequals(name, "host")) {
    ++fields.hosts;
    fields.host = value;
  } else if (iequals(name, "content-length")) {
    ++fields.lengths;
    fields.length = value;
  } else if (iequals(name, "transfer-encoding")) {
    ++fields.encodings;
    if (!iequals(value, "chunked")) return malformed("The only transfer encoding is chunked.");
    framing.chunked = true;
  }
  return {};
}

Result<void> check_length(std::string_view text, Framing& framing) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) {
    return malformed("Content-Length must be a number.");
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), framing.length);
  if (error != std::errc{}) return Error{problems::body_too_large, "The body is too large."};
  return {};
}

Result<void> check_fields(const Fields& fields, Framing& framing) {
  if (fields.hosts != 1) return malformed("There must be one Host.");
  if (!is_host(fields.host)) return malformed("Host is not a host.");
  framing.host = fields.host;
  if (fields.encodings > 0) {
    if (fields.encodings > 1) return malformed("There must be one Transfer-Encoding.");
    if (framing.http_1_0) return malformed("HTTP/1.0 has no transfer encodings.");
    if (fields.lengths > 0) return malformed("Content-Length and Transfer-Encoding exclude each other.");
  }
  if (fields.lengths > 1) return malformed("There must be one Content-Length.");
  return fields.lengths == 1 ? check_length(fields.length, framing) : Result<void>{};
}

}  // namespace

Result<std::size_t> HeadScanner::scan(std::string_view bytes) {
  for (;;) {
    const auto feed = bytes.find('\n', scanned_);
    const std::size_t seen = feed == std::string_view::npos ? bytes.size() : feed + 1;
    if (line_start_ == 0 && seen > max_request_line) {
      return Error{problems::uri_too_long, "The request line is too long."};
    }
    if (seen > max_head) return Error{problems::headers_too_large, "The header fields are too large."};
    scanned_ = seen;
    if (feed == std::string_view::npos) return std::size_t{0};
    if (feed == line_start_ || bytes[feed - 1] != '\r') return malformed("A line must end in CR LF.");
    if (feed == line_start_ + 1) return seen;
    line_start_ = seen;
  }
}

Result<Framing> check_head(std::string_view head) {
  Framing framing;
  Fields fields;
  bool is_first = true;
  while (head != line_end) {
    const auto end = head.find(line_end);
    if (end == std::string_view::npos || end == 0) return malformed("The head is not complete.");
    const auto line = head.substr(0, end);
    head.remove_prefix(end + line_end.size());
    const auto checked = is_first ? check_request_line(line, framing) : check_field(line, fields, framing);
    if (!checked) return checked.error();
    is_first = false;
  }
  if (is_first) return malformed("There is no request line.");
  if (auto checked = check_fields(fields, framing); !checked) return checked.error();
  return framing;
}

}  // namespace guerdon::http
