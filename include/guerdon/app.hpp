// A whole guerdon server as a library object: the binary is a thin shell around it, and a customer's integration
// tests start one in their own process.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "guerdon/codec.hpp"
#include "guerdon/config.hpp"
#include "guerdon/function_ref.hpp"
#include "guerdon/store.hpp"
#include "guerdon/time.hpp"

namespace guerdon {

class Bus;
class Router;
class Pumps;
struct Platform;

/// The administrator that the first start makes, where there is none yet.
struct FirstAdmin {
  std::string username, email;
  Secret<std::string> password;
};

struct AppOptions {
  Clock* clock = nullptr;  ///< the business clock; null = the system's (with the sandbox offset where enabled)
  /// Counts the time that passes, so that a jump of the clock is noticed; null = the machine's own, or `clock` if
  /// given.
  const Clock* uptime = nullptr;
  Random* random = nullptr;  ///< null = the system's
  std::string data_folder;   ///< lock, secrets, control socket; empty = beside the database file
  bool log_to_stderr = true;
  /// To look at data only: nothing is made or migrated; without a current database there is no App. Never start() it.
  bool read_only = false;
  std::optional<FirstAdmin> first_admin;
  /// More wiring before the bus is sealed: a test's own routes, subscribers and pumps.
  std::function<void(Platform&)> extend;
  /// The store found itself in an unknown state: the process must end. Default: log and _exit(code).
  std::function<void(int code, const std::string& reason)> on_fatal;
};

/// Life cycle: construct (opens, locks, migrates, wires; throws StartError) → start() (recovers, listens, ready)
/// → stop() (not ready, drains, checkpoints). stop() is idempotent; the destructor stops. Thread-safe.
class App {
 public:
  App(Config config, AppOptions options);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  void start();
  void stop();
  /// The port that http.listen got (useful with port 0). 0 before start().
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::uint16_t admin_port() const;
  [[nodiscard]] Database& database();
  /// Waits until everything that is due by the business clock has been worked off: messages, retries, sagas, jobs.
  /// False if it took longer than `limit`.
  [[nodiscard]] bool settle(std::chrono::milliseconds limit = std::chrono::seconds{10});
  /// Tells the timers that the clock was moved; settle() does it too.
  void clock_moved();

  /// What a command prints, line by line. False: nobody reads on, stop.
  using Output = FunctionRef<bool(std::string_view line)>;
  /// Carries out a command of the command line ("verify", "openapi", "admin create"), started or not; returns its exit
  /// code. The control socket does the same.
  int command(const std::string& name, const json::object& arguments, Output output);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Why a server could not start: one line for people, an exit code for supervisors (78 configuration, 75 temporary).
class StartError : public std::runtime_error {
 public:
  StartError(int exit_code, const std::string& what) : std::runtime_error(what), exit_code_(exit_code) {}
  [[nodiscard]] int exit_code() const noexcept { return exit_code_; }

 private:
  int exit_code_;
};

}  // namespace guerdon
