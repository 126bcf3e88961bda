// One state a byte outside the data, whole runs inside it.
#include "http/chunked.hpp"

#include <algorithm>

#include "http/framing.hpp"
#include "http/text.hpp"

namespace guerdon::http {

namespace {

constexpr std::size_t max_digits = 8;

Error malformed(std::string_view detail) { return Error{problems::malformed_request, std::string{detail}}; }

}  // namespace

Result<std::size_t> ChunkedBody::feed(std::string_view bytes, std::size_t max_body) {
  std::size_t used = 0;
  while (used < bytes.size() && !done()) {
    if (next_ == Next::data) {
      const auto run = std::min(left_, bytes.size() - used);
      body_.append(bytes.substr(used, run));
      used += run;
      left_ -= run;
      if (left_ == 0) next_ = Next::data_return;
      continue;
    }
    if (const auto taken = take(bytes[used++], max_body); !taken) return taken.error();
  }
  return used;
}

Result<void> ChunkedBody::take_size(char c, std::size_t max_body) {
  if (next_ == Next::digit && c == '\r') {
    next_ = Next::size_feed;
    return {};
  }
  const int digit = hex_digit(c);
  if (digit < 0) return malformed(c == ';' ? "Chunk extensions are not supported." : "A chunk has no proper size.");
  if (++digits_ > max_digits) return malformed("A chunk's size has too many digits.");
  next_ = Next::digit;
  left_ = left_ * 16 + static_cast<std::size_t>(digit);
  if (body_.size() + left_ > max_body) return Error{problems::body_too_large, "The body is too large."};
  return {};
}

Result<void> ChunkedBody::take(char c, std::size_t max_body) {
  const auto expect = [&](char expected, Next next, std::string_view otherwise) -> Result<void> {
    if (c != expected) return malformed(otherwise);
    next_ = next;
    return {};
  };
  switch (next_) {
    case Next::first_digit:
    case Next::digit:
      return take_size(c, max_body);
    case Next::size_feed:
      digits_ = 0;
      return expect('\n', left_ > 0 ? Next::data : Next::last_return, "A chunk's size must end in CR LF.");
    case Next::data_return:
      return expect('\r', Next::data_feed, "A chunk is longer than its size.");
    case Next::data_feed:
      return expect('\n', Next::first_digit, "A chunk must end in CR LF.");
    case Next::last_return:
      return expect('\r', Next::last_feed, "Trailers are not supported.");
    case Next::last_feed:
      return expect('\n', Next::nothing, "The last chunk must end in CR LF.");
    case Next::data:
    case Next::nothing:
      break;
  }
  return malformed("The body has ended.");
}

}  // namespace guerdon::http
