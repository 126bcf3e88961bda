// Where one request ends and the next begins, decided on the raw bytes before any parser sees them. Whatever two
// implementations could read differently is refused: such a request is how another one is smuggled in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "guerdon/result.hpp"

namespace guerdon::http {

namespace problems {
using namespace guerdon::problems;
inline constexpr Problem expectation_failed{417, "expectation-failed"};
inline constexpr Problem version_not_supported{505, "http-version-not-supported"};
}  // namespace problems

/// Finds the end of a head while it arrives. Errors (each closes the connection): malformed-request for a line that
/// does not end in CRLF, uri-too-long, headers-too-large.
class HeadScanner {
 public:
  /// `bytes` is all that has arrived of the request. The size of the head with its empty line, or 0: more is needed.
  [[nodiscard]] Result<std::size_t> scan(std::string_view bytes);

 private:
  std::size_t scanned_ = 0;     // no line feed before this but those seen
  std::size_t line_start_ = 0;  // of the line that is arriving
};

/// What the head says of the rest of the message.
struct Framing {
  std::string_view method, target, host;
  bool http_1_0 = false;
  bool chunked = false;
  std::uint64_t length = 0;  ///< of the body, where it is not chunked

  [[nodiscard]] bool has_body() const { return chunked || length > 0; }
};

/// Checks a whole head. Errors (each closes the connection): malformed-request, headers-too-large (too many fields),
/// body-too-large (a length beyond counting), http-version-not-supported.
[[nodiscard]] Result<Framing> check_head(std::string_view head);

}  // namespace guerdon::http
