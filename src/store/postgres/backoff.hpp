// How long to wait before the next try: full jitter below a bound that doubles.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace guerdon::store::postgres {

class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(longest), bound_(first), random_(std::random_device{}()) {}

  [[nodiscard]] std::chrono::milliseconds next() {
    std::uniform_int_distribution<std::int64_t> spread(1, bound_.count());
    bound_ = std::min(bound_ * 2, longest_);
    return std::chrono::milliseconds{spread(random_)};
  }
  void reset() noexcept { bound_ = first_; }

 private:
  std::chrono::milliseconds first_, longest_, bound_;
  std::minstd_rand random_;
};

}  // namespace guerdon::store::postgres
