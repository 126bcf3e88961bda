// Sizes and times of the HTTP edge. Sizes are fixed: no configuration lifts them.
#pragma once

#include <chrono>
#include <cstddef>

namespace guerdon::http {

inline constexpr std::size_t max_request_line = 4 * 1024;
inline constexpr std::size_t max_head = 8 * 1024;  ///< request line and header fields with their line ends
inline constexpr std::size_t max_fields = 64;
inline constexpr std::size_t max_query_parameters = 32;
inline constexpr std::size_t max_segment = 128;          ///< bytes of a path segment, as sent
inline constexpr std::size_t max_body = 64 * 1024;       ///< where the route declares nothing else
inline constexpr std::size_t max_pipelined = 16;         ///< answers that are gathered into one write
inline constexpr std::size_t max_lingered = 256 * 1024;  ///< bytes thrown away after a refusal, before closing

/// One deadline a phase, not one a read.
struct Timeouts {
  std::chrono::milliseconds first_byte = std::chrono::seconds{10};
  std::chrono::milliseconds header = std::chrono::seconds{10};
  std::chrono::milliseconds body = std::chrono::seconds{10};  ///< and a second more for every 16 KiB received
  std::chrono::milliseconds handler = std::chrono::seconds{10};
  std::chrono::milliseconds write = std::chrono::seconds{15};
  std::chrono::milliseconds idle = std::chrono::seconds{60};
  std::chrono::milliseconds linger = std::chrono::seconds{2};  ///< after a refusal, for the client to read it
  std::chrono::milliseconds age = std::chrono::minutes{10};    ///< of a connection
};

inline constexpr std::size_t bytes_per_body_second = 16 * 1024;

}  // namespace guerdon::http
