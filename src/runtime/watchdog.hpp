// Ends a process whose store hangs: work waits, and for a whole period nothing gets on. A supervisor starts a fresh
// one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace guerdon {

class Watchdog {
 public:
  struct Reading {
    std::uint64_t progress = 0;  ///< changes whenever something gets on
    std::uint64_t waiting = 0;   ///< with nothing waiting, no progress is fine
  };

  /// What is decided at each look; apart from time and threads, so that it can be tested.
  class Judge {
   public:
    explicit Judge(std::chrono::milliseconds limit) : limit_(limit) {}
    /// True when the store has hung for longer than the limit.
    bool hangs(Reading reading, std::chrono::steady_clock::time_point now);

   private:
    std::chrono::milliseconds limit_;
    std::uint64_t progress_ = 0;
    std::optional<std::chrono::steady_clock::time_point> since_;
  };

  Watchdog(std::chrono::milliseconds limit, std::function<Reading()> read, std::function<void()> on_hang);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void watch();

  const std::chrono::milliseconds limit_;
  const std::function<Reading()> read_;
  const std::function<void()> on_hang_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace guerdon
