// Decides when a server that keeps failing is left alone. It knows neither the server nor a clock: it is told what
// happened, and when.
#pragma once

#include <chrono>
#include <cstdint>

namespace guerdon::cache {

struct BreakerRules {
  int failures = 5;  ///< in a row
  std::chrono::milliseconds pause{5000};
};

/// For one thread.
class Breaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class State : std::uint8_t { closed, open, half_open };

  explicit Breaker(BreakerRules rules) : rules_(rules) {}

  void succeeded() noexcept;
  /// Of an open breaker: the pause begins anew.
  void failed(Time now) noexcept;

  /// Open for the pause, then half open until the outcome of a trial is known.
  [[nodiscard]] State state(Time now) const noexcept;
  /// Always while closed, never while open. Half open it lets one call through, whose outcome decides.
  [[nodiscard]] bool lets_through(Time now) noexcept;
  /// When it is half open; meaningless while it is closed.
  [[nodiscard]] Time half_open_at() const noexcept { return half_open_at_; }

 private:
  [[nodiscard]] bool is_closed() const noexcept { return failures_ < rules_.failures; }

  const BreakerRules rules_;
  int failures_ = 0;
  bool is_trying_ = false;
  Time half_open_at_{};
};

}  // namespace guerdon::cache
