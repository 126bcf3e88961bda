// The business clock of a sandbox: another clock, some time ahead of it. It is moved forward and never back.
#pragma once

#include <atomic>
#include <chrono>

#include "guerdon/result.hpp"
#include "guerdon/store.hpp"
#include "guerdon/time.hpp"
#include "runtime/calendar_step.hpp"

namespace guerdon {

class SandboxClock final : public Clock {
 public:
  explicit SandboxClock(const Clock& base) : base_(base) {}

  [[nodiscard]] Instant now() const override { return base_.now() + ahead_.load(std::memory_order_acquire); }
  [[nodiscard]] std::chrono::milliseconds ahead() const noexcept { return ahead_.load(std::memory_order_acquire); }
  void set_ahead(std::chrono::milliseconds ahead) noexcept { ahead_.store(ahead, std::memory_order_release); }

 private:
  const Clock& base_;
  std::atomic<std::chrono::milliseconds> ahead_{std::chrono::milliseconds{0}};
};

/// How far ahead the clock was when the database was last used; zero for one that never left the present.
[[nodiscard]] std::chrono::milliseconds saved_clock_lead(Snapshot& snapshot);

/// Keeps the clock `step` further ahead, and moves it when that is durable. Errors: validation-failed (/advance) when
/// that is no step forward, more than ten years, or would leave the calendar (the year 9999).
[[nodiscard]] Result<void> advance_clock(Tx& tx, SandboxClock& clock, const CalendarStep& step);

}  // namespace guerdon
