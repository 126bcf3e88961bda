// A chunked body, decoded as it arrives. It refuses chunk extensions and trailers: nobody needs them, and
// implementations disagree about them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "guerdon/result.hpp"

namespace guerdon::http {

class ChunkedBody {
 public:
  /// Decodes from the front of `bytes`; returns how many it used. Errors: malformed-request, body-too-large.
  [[nodiscard]] Result<std::size_t> feed(std::string_view bytes, std::size_t max_body);

  [[nodiscard]] bool done() const { return next_ == Next::nothing; }
  [[nodiscard]] const std::string& body() const { return body_; }

 private:
  enum class Next { first_digit, digit, size_feed, data, data_return, data_feed, last_return, last_feed, nothing };

  Result<void> take(char c, std::size_t max_body);
  Result<void> take_size(char c, std::size_t max_body);

  Next next_ = Next::first_digit;
  std::size_t left_ = 0;  // of this chunk; while its size arrives, the size so far
  std::size_t digits_ = 0;
  std::string body_;
};

}  // namespace guerdon::http
