// Lets others go first at a steady pace while a thread computes, in the middle of a library that knows nothing of it.
//
// When a thread wakes up Linux decides at once who has the core, and then not again until another one wakes up or the
// timer ticks, up to 10 ms later. Its fairness is exact: who slept for some microseconds only, and had a microsecond
// more than its part before, comes after even a SCHED_IDLE thread, which then keeps the core for that long (EEVDF,
// https://docs.kernel.org/scheduler/sched-eevdf.html). A thread that yields lets the decision be made anew.
#pragma once

#include <signal.h>
#include <time.h>

#include <chrono>

namespace guerdon {

/// Of the thread that makes it, starts, stops and destroys it; one at a time. Best effort: where the system has no
/// timer left, or the program uses SIGURG for something else, the thread never yields. A thread that gets no core is
/// not disturbed.
class SteadyYield {
 public:
  explicit SteadyYield(std::chrono::microseconds pace);
  SteadyYield(const SteadyYield&) = delete;
  SteadyYield& operator=(const SteadyYield&) = delete;
  ~SteadyYield();

  void start() noexcept;  ///< the first one after the first pace
  void stop() noexcept;

 private:
  static void on_signal(int);
  void wind_up() noexcept;

  const timespec pace_;
  timer_t timer_{};
  bool has_timer_ = false;
  volatile sig_atomic_t is_on_ = 0;
};

}  // namespace guerdon
