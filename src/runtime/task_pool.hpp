// A bounded pool of threads for what must not run on an I/O thread: password hashing, long queries, waiting.
// It refuses work past its queue's bound instead of growing, and whatever a task throws ends with the task.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace guerdon {

struct TaskPoolOptions {
  std::string name = "tasks";  ///< of its threads, at most 15 characters
  std::size_t threads = 0;     ///< 0 = one per core
  std::size_t queue = 256;     ///< tasks that may wait; those that run do not count
  /// For work that burns CPU: its threads stand back (scheduling.hpp), so that the I/O threads go first without
  /// starving them, and each has a twin (patient_twin.hpp), which computes while there is room.
  bool low_priority = false;
  /// Called on a thread, or a twin, that has had nothing to do for a second, once each time: it may give back what it
  /// keeps.
  std::function<void()> on_idle = {};
};

class TaskPool {
 public:
  explicit TaskPool(TaskPoolOptions options);
  ~TaskPool();  ///< as stop(), without a limit
  TaskPool(const TaskPool&) = delete;
  TaskPool& operator=(const TaskPool&) = delete;

  /// Queues a task; thread-safe. False, with the task untouched by any thread, when the queue is full or the pool
  /// stopped.
  [[nodiscard]] bool post(std::function<void()> task);

  /// Refuses new tasks, runs what is queued until the limit, then lets go of what is still waiting (destroyed without
  /// having run) and joins the threads once their running tasks end. Returns how many were let go. Idempotent.
  std::size_t stop(std::chrono::milliseconds limit);

  [[nodiscard]] std::size_t waiting() const;
  /// Tasks that the full queue did not take, so far.
  [[nodiscard]] std::uint64_t refused() const;
  [[nodiscard]] std::size_t threads() const noexcept { return thread_count_; }

 private:
  void work(std::size_t index);
  void wait_for_work(std::unique_lock<std::mutex>& lock);

  const TaskPoolOptions options_;
  const std::size_t thread_count_;
  mutable std::mutex mutex_;
  std::condition_variable work_to_do_, emptied_;
  std::deque<std::function<void()>> waiting_;
  std::uint64_t refused_ = 0;
  bool stopping_ = false;
  std::mutex join_mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace guerdon
