// Holds the disk back from what the embedded store commits ahead of it, and makes commands commit that way.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "store/fault_injector.hpp"
#include "support/commands.hpp"

namespace guerdon::test {

/// Holds every sync while it is closed; it begins open.
class SyncGate final : public store::FaultInjector {
 public:
  void before_statement(std::string_view) override {}
  void before_commit() override {}
  void before_sync() override {
    std::unique_lock lock{mutex_};
    arrived_ += 1;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_ || let_through_ > 0; });
    if (!open_) let_through_ -= 1;
    if (fails_) throw StoreError(StoreError::Kind::commit_unknown, "the disk is gone");
  }

  void close() { set(false, false); }
  void open() { set(true, false); }
  void fail() { set(true, true); }
  /// One sync, of those that wait or come.
  void let_one_through() {
    const std::lock_guard lock{mutex_};
    let_through_ += 1;
    changed_.notify_all();
  }
  /// Until so many have come since the beginning.
  void wait_for_sync(int count = 1) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, std::chrono::seconds{60}, [&] { return arrived_ >= count; }))
      throw std::runtime_error("the store does not sync");
  }
  [[nodiscard]] int syncs() {
    const std::lock_guard lock{mutex_};
    return arrived_;
  }

 private:
  void set(bool open, bool fails) {
    const std::lock_guard lock{mutex_};
    open_ = open;
    fails_ = fails;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true, fails_ = false;
  int arrived_ = 0, let_through_ = 0;
};

/// Queues so many commands at once that the store runs ahead of the disk. The one that keeps it busy meanwhile outlasts
/// its group, so that they are none of it.
inline void queue_behind(Database& database, const std::function<void()>& submit_them) {
  const BusyStore busy(database);
  submit_them();
  std::this_thread::sleep_for(std::chrono::milliseconds{10});
}

}  // namespace guerdon::test
