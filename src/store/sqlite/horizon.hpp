// How far commits have come on their way to the disk. A commit that is brought there by another thread can be read
// before it is durable; whoever read it may tell nobody until it is.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace guerdon::store {

/// Thread-safe. Commits that are durable before anybody can see them are not numbered here.
class Horizon {
 public:
  /// Before a commit that will be seen before it is durable: its number. One thread at a time.
  [[nodiscard]] std::uint64_t announce() noexcept { return visible_.fetch_add(1) + 1; }
  /// The newest commit that a snapshot may hold which was taken before this call.
  [[nodiscard]] std::uint64_t visible() const noexcept { return visible_.load(); }
  [[nodiscard]] bool is_durable(std::uint64_t number) const noexcept { return durable_.load() >= number; }

  /// All commits up to this one are durable.
  void reach(std::uint64_t number);
  /// What is not durable by now never will be, nor will what follows.
  void give_up();

  /// Until the commit is durable: true; false if it never will be. Throws std::logic_error on the thread that calls
  /// reach(), which would wait for itself.
  [[nodiscard]] bool wait_for(std::uint64_t number);
  /// Tells the same later, on the thread that finds it out; at once if it is known.
  void when(std::uint64_t number, std::function<void(bool is_durable)> told);

 private:
  std::atomic<std::uint64_t> visible_{0}, durable_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::uint64_t, std::function<void(bool)>> waiting_;
  std::thread::id reaching_;  // the thread that calls reach()
  bool has_given_up_ = false;
};

}  // namespace guerdon::store
