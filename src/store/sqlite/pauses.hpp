// The writer gives way to others in the middle of a group while nobody is in a hurry for its commit. Who interrupts it
// mostly wakes up somebody else, who then waits for the core: a client and the thread that answers it, say.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/scheduling.hpp"
#include "store/fault_injector.hpp"
#include "store/queue.hpp"

namespace guerdon::store {

/// Of one group, made when its first command was popped, on the thread that pops from the queue and runs what it pops.
class Pauses {
 public:
  Pauses(const CommandQueue& queue, FaultInjector* faults)
      : queue_(queue), faults_(faults), is_over_(!queue.is_patient()), seen_(is_over_ ? 0 : interruptions()) {}

  /// After each command. There is a pause only if the thread was interrupted since the last one; none once one of the
  /// group or of those that wait has no patience, or the pauses were too long together. Returns how long it took.
  [[nodiscard]] std::chrono::steady_clock::duration give_way() {
    is_over_ = is_over_ || !queue_.is_patient();
    if (is_over_ || interruptions() == seen_) return {};
    if (faults_ != nullptr) faults_->before_pause();
    const auto begin = std::chrono::steady_clock::now();
    let_others_go_first();
    seen_ = interruptions();
    const auto time = std::chrono::steady_clock::now() - begin;
    taken_ += time;
    is_over_ = taken_ >= longest_together;
    return time;
  }

 private:
  static constexpr std::chrono::milliseconds longest_together{2};

  const CommandQueue& queue_;
  FaultInjector* const faults_;
  bool is_over_;
  std::int64_t seen_;  // interruptions until the last pause
  std::chrono::steady_clock::duration taken_{};
};

}  // namespace guerdon::store
