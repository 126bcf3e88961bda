// Lets others go first at a steady pace while a thread computes, in the middle of a library that knows nothing of it.
//
// When a thread wakes up Linux decides at once who has the core, and then not again until another one wakes up or the
// timer ticks, up to 10 ms later. Its fairness is exact: who slept for some microseconds only, and had a microsecond
// more than its part before, comes after even a SCHED_IDLE thread, which then keeps the core for that long (EEVDF,
// https://docs.kernel.org/scheduler/sched-eevdf.html). A thread that yields lets the decision be made anew.
#pragma once

#include <signal.h>
#include <time.h>

#include <atomic>
#include <chrono>
#include <cstdint>

namespace guerdon {

/// Of the thread that makes it, starts, stops and destroys it; one at a time. Best effort: where the system has no
/// timer left, or the program has a handler of its own for SIGURG, the thread never yields.
///
/// The first start() in a process gives SIGURG a handler, which stays; until then it was ignored. Each one lets SIGURG
/// through to its thread, also where all signals are blocked. Between start() and stop() system calls that no handler
/// lets continue, such as sleeping, may end early there (signal(7), "EINTR").
class SteadyYield {
 public:
  explicit SteadyYield(std::chrono::microseconds pace);
  SteadyYield(const SteadyYield&) = delete;
  SteadyYield& operator=(const SteadyYield&) = delete;
  ~SteadyYield();

  void start() noexcept;  ///< the first yield after the first pace; a thread that gets no core is not disturbed
  void stop() noexcept;

  [[nodiscard]] std::int64_t count() const noexcept { return count_; }  ///< yields until now
  [[nodiscard]] std::int64_t used() const noexcept { return used_; }    ///< those by which another thread had the core

 private:
  static void on_signal(int);
  void yield() noexcept;
  void wind_up() noexcept;

  const timespec pace_;
  timer_t timer_{};
  bool has_timer_ = false;
  // Of a handler on the same thread.
  std::atomic<bool> is_on_{false};
  std::atomic<std::int64_t> count_{0}, used_{0};
  static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);
};

}  // namespace guerdon
