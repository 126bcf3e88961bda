// An HTTP/1.1 server: one listening socket, some I/O threads, a handler on each. It knows no routes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "guerdon/config_types.hpp"
#include "http/connection_limits.hpp"
#include "http/handler.hpp"
#include "http/limits.hpp"
#include "http/request_counts.hpp"

namespace guerdon::http {

struct ServerOptions {
  std::string name = "http";    ///< of its threads and in the log: http-0, http-1, …
  Endpoint listen = {};         ///< port 0 takes any free one
  std::string listen_key = {};  ///< the setting that said so, for the message when it can't be
  std::size_t threads = 0;      ///< 0 = one a core
  Timeouts timeouts = {};
  int max_requests = 1000;               ///< of a connection, then it is closed
  std::size_t max_connections = 10'000;  ///< never more than the process may open files, less 50
  std::optional<std::size_t> max_connections_per_address = 256;
  std::vector<Network> trusted_proxies = {};
  std::vector<std::string> cors_origins = {};  ///< of pages that may call from a browser; compared exactly
  std::size_t routes = 1;                      ///< as many numbers as the handler's route() may be, for counting
  std::uint64_t request_id_seed = 0;           ///< what ids of requests begin with; 0 = random, so that two runs differ
  /// For tests; empty = the steady clock.
  std::function<std::chrono::steady_clock::time_point()> monotonic = {};
};

/// Why the server can't listen: one line for people, naming the setting.
class ListenError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Life: construct → start() → drain() → stop(). Thread-safe but for start().
class Server {
 public:
  explicit Server(ServerOptions options, HandlerFactory make_handler);
  ~Server();  ///< stops
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens and serves. Throws ListenError; rethrows what making a handler throws.
  void start();
  /// 0 before start().
  [[nodiscard]] std::uint16_t port() const;
  /// Accepts nobody any more, answers what runs, closes what is idle. False when the limit passed before all
  /// connections were gone.
  [[nodiscard]] bool drain(std::chrono::milliseconds limit);
  /// Closes every connection and ends the threads. Answers that come later are dropped. Idempotent.
  void stop();

  [[nodiscard]] std::size_t open_connections() const;
  /// What all threads have answered since the server was made, and where its connections stand.
  [[nodiscard]] RequestCounts::Reading counts() const;
  [[nodiscard]] ConnectionLimits::Refusals refused_connections() const;
  /// What has been read from all connections, since the start.
  [[nodiscard]] std::uint64_t bytes_received() const;
  /// Checks every deadline now, by the time of `monotonic`. For tests.
  void check_deadlines();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guerdon::http
