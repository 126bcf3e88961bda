// A handler for tests of connections: it answers at once, or when the test says so.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "http/handler.hpp"
#include "http/server.hpp"
#include "support/raw_client.hpp"

namespace guerdon::test {

/// A clock that only a test moves. Thread-safe.
class ManualSteadyClock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  [[nodiscard]] Time now() const { return Time{std::chrono::milliseconds{milliseconds_.load()}}; }
  void advance(std::chrono::milliseconds by) { milliseconds_ += by.count(); }

 private:
  std::atomic<std::int64_t> milliseconds_{1'000'000'000};
};

/// What the handlers of all threads share with the test.
class ToyDesk {
 public:
  /// Waits until a request for /later/<name> has taken its ticket.
  void wait_for(const std::string& name);
  void answer(const std::string& name, http::Response response);
  /// Drops the ticket unanswered.
  void drop(const std::string& name);
  [[nodiscard]] std::string seen() const;  ///< the paths of all requests handled so far
  [[nodiscard]] http::HandlerFactory factory();

 private:
  friend class ToyHandler;

  http::Ticket take(const std::string& name);

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<std::string, http::Ticket> tickets_;
  std::string seen_;
};

/// A server on a free port with one thread and those handlers.
struct ToyServer {
  explicit ToyServer(http::ServerOptions options = {});

  [[nodiscard]] std::uint16_t port() const { return server.port(); }
  /// Sends, and waits until the server has read all of it.
  void deliver(RawClient& client, const std::string& bytes) const;
  /// Moves time and checks the deadlines.
  void pass(std::chrono::milliseconds time);

  ManualSteadyClock clock;
  ToyDesk desk;
  http::Server server;
};

}  // namespace guerdon::test
