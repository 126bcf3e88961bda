// Everything a test needs to talk to a whole guerdon server in its own process: a server on a free port with a store in
// memory and a clock that stands still until the test moves it. For tests only: passwords are hashed cheaply.
//     guerdon::testing::Server server;
//     const auto admin = server.make_admin();
//     const auto answer = server.post("/api/events", {{"name", "Welcome"}, …}, admin);
//     REQUIRE(answer.status == 201);
//     server.advance(std::chrono::hours{24});
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guerdon/app.hpp"
#include "guerdon/config.hpp"
#include "guerdon/json.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/time.hpp"

namespace guerdon::testing {

/// A clock that stands still until a test moves it. Thread-safe.
class FakeClock final : public Clock {
 public:
  /// A Monday morning.
  static constexpr Instant start{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + std::chrono::hours{9}};

  explicit FakeClock(Instant now = start) : now_(now.time_since_epoch()) {}

  [[nodiscard]] Instant now() const override { return Instant{now_.load()}; }
  void set(Instant now) { now_ = now.time_since_epoch(); }
  void advance(std::chrono::milliseconds by) { now_ = now_.load() + by; }

 private:
  std::atomic<std::chrono::milliseconds> now_;
};

struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;

  /// The first header of that name (in lower case), or empty.
  [[nodiscard]] std::string header(std::string_view name) const;
  /// The body as JSON. Throws std::runtime_error, with the status and the body, when it is none.
  [[nodiscard]] json::value json() const;
  /// A member of the body by JSON pointer, `/items/0/id`. Throws std::runtime_error, with the body, when there is none.
  [[nodiscard]] json::value at(std::string_view pointer) const;
  /// The same, as a string.
  [[nodiscard]] std::string text(std::string_view pointer) const;
};

struct Call {
  std::string method, path;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

struct ServerOptions {
  Instant now = FakeClock::start;
  /// Changes the settings before the server is made. Beforehand: the defaults, port 0, no admin listener, a store in
  /// memory, cheap password hashes, no log, no limits of rates, no self-check.
  std::function<void(Config&)> configure = {};
  /// More routes, subscribers and pumps, before the bus is sealed.
  std::function<void(Platform&)> extend = {};
  /// For a store in a file: where lock and secrets go. Empty = beside the file.
  std::string data_folder = {};
};

/// Running from construction to destruction. Calls are made one at a time over one kept-alive connection; calls of
/// several threads at once want a Client each.
class Server {
 public:
  explicit Server(ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// A `token` goes into Authorization: Bearer. They throw std::runtime_error when the connection fails.
  Response get(const std::string& path, const std::string& token = {});
  Response post(const std::string& path, const json::value& body, const std::string& token = {});
  Response put(const std::string& path, const json::value& body, const std::string& token = {});
  Response patch(const std::string& path, const json::value& body, const std::string& token = {});
  Response del(const std::string& path, const std::string& token = {});
  Response send(const Call& call);

  /// Registers the account `name` with the e-mail name@example.com; its id. Throws when it is refused, as the next do.
  std::string register_user(const std::string& name);
  /// Logs in an account made here; its access token.
  std::string login(const std::string& name);
  /// Makes an account with the role ADMIN and logs it in; its access token.
  std::string make_admin(const std::string& name = "admin");
  /// The password of the accounts made here.
  static constexpr std::string_view password = "correct horse battery staple";

  [[nodiscard]] FakeClock& clock();
  /// Moves the clock forward, then settles.
  void advance(std::chrono::milliseconds by);
  /// Waits until everything due has been worked off: messages, retries, timers. Throws when it takes too long.
  void settle();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] Database& database();
  [[nodiscard]] App& app();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A connection of its own, for a thread of its own.
class Client {
 public:
  explicit Client(std::uint16_t port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Response send(const Call& call);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A call with a JSON body and a token, for Client::send and Server::send.
[[nodiscard]] Call json_call(std::string method, std::string path, const json::value& body,
                             const std::string& token = {});

}  // namespace guerdon::testing
