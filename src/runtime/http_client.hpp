// A small blocking HTTP/1.1 client over one kept-alive connection, for health checks and tests.
// It speaks to our own server: no TLS, no redirects, no compression.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/files.hpp"

namespace guerdon {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpReply {
  int status = 0;
  HttpHeaders headers;  ///< names in lower case
  std::string body;

  /// The first of that (lower-case) name, or empty.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct HttpCall {
  std::string method, path;
  HttpHeaders headers;
  std::string body;
};

/// Not thread-safe. Every function throws std::runtime_error when the connection or the answer fails.
class HttpClient {
 public:
  /// `host` is an IP address.
  HttpClient(std::string host, std::uint16_t port, std::chrono::milliseconds timeout = std::chrono::seconds{30});

  /// Sends once and waits for the answer. A kept-alive connection that the server has closed is opened anew before.
  HttpReply send(const HttpCall& call);
  void close() noexcept { socket_.close(); }

 private:
  void connect();
  [[nodiscard]] bool is_closed() const;
  bool send_all(std::string_view text);
  bool receive_more();
  HttpReply receive(bool has_body);

  std::string host_;
  std::uint16_t port_;
  std::chrono::milliseconds timeout_;
  FileHandle socket_;
  std::string ahead_;
};

}  // namespace guerdon
