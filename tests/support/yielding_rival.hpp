// A thread that wants a core all the time and yields steadily: what another one there gets by a yield it soon has back.
#pragma once

#include <pthread.h>

#include <atomic>
#include <optional>

#include "base/steady_yield.hpp"
#include "support/one_core.hpp"

namespace guerdon::test {

/// Yields steadily on the core of whoever makes it, though all signals are blocked there.
class YieldingRival {
 public:
  YieldingRival() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    rival_.emplace(std::chrono::microseconds{0}, [this] {
      thread_local SteadyYield yields{std::chrono::microseconds{500}};
      yields.start();
      yields_ = &yields;
    });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  [[nodiscard]] std::int64_t count() const { return yields_.load() == nullptr ? 0 : yields_.load()->count(); }

 private:
  std::atomic<SteadyYield*> yields_{nullptr};
  std::optional<Rival> rival_;
};

}  // namespace guerdon::test
