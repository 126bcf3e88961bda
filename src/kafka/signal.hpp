// Wakes one thread that has several things to wait for. Whoever signals may outlive whoever waits: share it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace guerdon::kafka {

class Signal {
 public:
  void raise() {
    {
      const std::lock_guard lock{mutex_};
      is_raised_ = true;
    }
    changed_.notify_one();
  }
  /// Until it is raised, or then; takes it down.
  void wait_until(std::chrono::steady_clock::time_point limit) {
    std::unique_lock lock{mutex_};
    changed_.wait_until(lock, limit, [this] { return is_raised_; });
    is_raised_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_raised_ = false;
};

}  // namespace guerdon::kafka
