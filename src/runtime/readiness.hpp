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

  /// A dependency that a report names and without which the server is ready all the same. Before the start. `state` is
  /// called on I/O threads: it must not wait.
  void name(std::string dependency, std::function<std::string_view()> state) {
    named_.emplace_back(std::move(dependency), std::move(state));
  }

  void enter(Phase phase) noexcept { phase_ = phase; }

  [[nodiscard]] Report report(Time now = std::chrono::steady_clock::now());

 private:
  class Probe;
  struct Store;

  [[nodiscard]] std::string_view ask(Time now);

  Database& database_;
  const bool is_sandbox_;
  std::vector<std::pair<std::string, std::function<std::string_view()>>> named_;
  std::atomic<Phase> phase_{Phase::starting};
  const std::shared_ptr<Store> store_;  // shared with a probe, which may outlive this
};

}  // namespace guerdon
