// Computing for long on a core that others want now and then: with pauses, and without any where nobody does.
#pragma once

#include <chrono>
#include <cstdint>
#include <type_traits>

#include "base/scheduling.hpp"
#include "base/steady_yield.hpp"

namespace guerdon {

/// Of the thread that makes it.
class Considerate {
 public:
  /// `work()` has pauses if the one before it was interrupted often. Who gets the core by a pause does not count:
  /// others who compute for long would do that as well. Returns the CPU time that it took.
  template <class Work>
    requires std::is_nothrow_invocable_v<Work&>
  std::chrono::nanoseconds compute(Work work) noexcept {
    const auto begin = cpu_time();
    const auto before = undue_interruptions();
    if (is_wanted_) pauses_.start();
    work();
    pauses_.stop();
    const auto time = cpu_time() - begin;
    const std::chrono::duration<double, std::milli> milliseconds = time;
    is_wanted_ = static_cast<double>(undue_interruptions() - before) > often_a_millisecond * milliseconds.count();
    return time;
  }

  [[nodiscard]] bool has_pauses() const noexcept { return is_wanted_; }  ///< the next work
  [[nodiscard]] std::int64_t pauses() const noexcept { return pauses_.count(); }

 private:
  // A storm of log-ins by itself interrupts its hashes a third as often; 1,000 other requests a second as often.
  static constexpr double often_a_millisecond = 1.5;  // of CPU
  static constexpr std::chrono::microseconds between_pauses{500};

  [[nodiscard]] std::int64_t undue_interruptions() const noexcept { return interruptions() - pauses_.used(); }

  SteadyYield pauses_{between_pauses};
  bool is_wanted_ = false;
};

}  // namespace guerdon
