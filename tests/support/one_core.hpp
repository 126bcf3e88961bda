// For tests of who gets a core: confines threads to one, and gives them rivals there.
#pragma once

#include <sched.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>

#include "base/scheduling.hpp"

namespace guerdon::test {

/// The calling thread, and all that it starts meanwhile, run on the one core where it is.
class OneCore {
 public:
  OneCore() {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
    if (sched_getaffinity(0, sizeof before_, &before_) != 0 || sched_setaffinity(0, sizeof one, &one) != 0)
      throw std::runtime_error("this thread can't be confined to a core");
  }
  OneCore(const OneCore&) = delete;
  OneCore& operator=(const OneCore&) = delete;
  ~OneCore() { sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_{};
};

/// A thread that wants the core of whoever makes it for as long as it lives: all the time, or now and then for a
/// moment.
class Rival {
 public:
  /// `pause` between two moments, zero: none. `ask` is how it is scheduled, if not as usual.
  explicit Rival(
      std::chrono::microseconds pause, const std::function<void()>& ask = [] {})
      : thread_([this, pause, ask] {
          ask();
          while (!is_over_)
            if (pause.count() > 0) std::this_thread::sleep_for(pause);
        }) {}
  Rival(const Rival&) = delete;
  Rival& operator=(const Rival&) = delete;
  ~Rival() {
    is_over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

/// The calling thread computes for so long, by the core's time.
inline void compute_for(std::chrono::nanoseconds time) {
  for (const auto begin = cpu_time(); cpu_time() - begin < time;) continue;
}

}  // namespace guerdon::test
