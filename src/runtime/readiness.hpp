// What a server says about itself: alive, and ready or why not. Asking never waits: each question sends a write to the
// store, at most one a second, and is answered with the outcome of the one before.
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

#include "guerdon/store.hpp"

namespace guerdon {

class Readiness {
 public:
  enum class Phase : std::uint8_t { starting, ready, draining };
  using Time = std::chrono::steady_clock::time_point;

  struct Report {
    bool is_ready;
    std::string body;  ///< JSON: status, each dependency's state, and whether this is a sandbox
  };

  Readiness(Database& database, bool is_sandbox);

  /// How a helper is, in its own words.
  struct HelperState {
    std::string_view name;
    bool is_fine;
  };

  /// Something the server goes on without: while it is not fine the status is `degraded`, and the server ready.
  /// Before the first report; `state` is called from any thread and must not wait.
  void add_helper(std::string name, std::function<HelperState()> state) {
    helpers_.push_back({std::move(name), std::move(state)});
  }
  /// One of which there is no more to say than whether it is to be had.
  void add_helper(std::string name, std::function<bool()> is_up) {
    add_helper(std::move(name), [is_up = std::move(is_up)] {
      return is_up() ? HelperState{"ok", true} : HelperState{"unavailable", false};
    });
  }

  void enter(Phase phase) noexcept { phase_ = phase; }

  [[nodiscard]] Report report(Time now = std::chrono::steady_clock::now());

 private:
  class Probe;
  struct Store;
  struct Helper {
    std::string name;
    std::function<HelperState()> state;
  };

  [[nodiscard]] std::string_view ask(Time now);

  Database& database_;
  const bool is_sandbox_;
  std::vector<Helper> helpers_;
  std::atomic<Phase> phase_{Phase::starting};
  const std::shared_ptr<Store> store_;  // shared with a probe, which may outlive this
};

}  // namespace guerdon
