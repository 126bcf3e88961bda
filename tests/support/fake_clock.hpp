// A clock that stands still until a test moves it.
#pragma once

#include <atomic>
#include <chrono>

#include "guerdon/time.hpp"

namespace guerdon::test {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant start = Instant{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}})
      : now_(start.time_since_epoch().count()) {}

  [[nodiscard]] Instant now() const override { return Instant{std::chrono::milliseconds{now_.load()}}; }
  void set(Instant instant) { now_ = instant.time_since_epoch().count(); }
  void advance(std::chrono::milliseconds by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace guerdon::test
