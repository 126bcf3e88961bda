// The time that a stop may take as a whole. Whoever stops a server kills it after that: of `docker compose` and of
// Kubernetes the grace is 30 s.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>

namespace guerdon {

/// Each part of a stop that waits for others gets what it asks for, as far as that is left; the last ones too get a
/// moment. Closing the store comes on top: what was accepted is committed first.
class StopBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds whole{26'000}, moment{200};

  explicit StopBudget(std::function<Time()> now = std::chrono::steady_clock::now)
      : now_(std::move(now)), end_(now_() + whole) {}

  [[nodiscard]] std::chrono::milliseconds limit(std::chrono::milliseconds wanted) const {
    const auto left = std::chrono::floor<std::chrono::milliseconds>(end_ - now_());
    return std::min(wanted, std::max(left, moment));
  }

 private:
  std::function<Time()> now_;
  Time end_;
};

}  // namespace guerdon
