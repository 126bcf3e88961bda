// A second thread for a thread that burns CPU: it computes for it, but only while nobody else wants a core. While it
// gets none the first one computes by itself, and then takes its share from the others.
//
// Linux tells the two apart: where only such a thread runs (SCHED_IDLE, sched(7)), a core counts as free, and who wakes
// up goes there at once; everybody else has to be waited for. But no thread may leave SCHED_IDLE again without
// privileges, and it comes to a stand while others take all there is. Hence two.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace guerdon {

class PatientTwin {
 public:
  /// Becomes the twin of the calling thread, whose of_this_thread() finds it from then on. Its own thread starts with
  /// the first work and has the name, at most 15 characters. `on_idle` is called there when there was no work for a
  /// second, once each time. The twin is given up when it takes ten times as long as the last work took of CPU, but
  /// never before `least_patience` is over.
  PatientTwin(std::string name, std::function<void()> on_idle,
              std::chrono::milliseconds least_patience = std::chrono::milliseconds{20});
  PatientTwin(const PatientTwin&) = delete;
  PatientTwin& operator=(const PatientTwin&) = delete;
  /// On the same thread. Waits until what was given up is over as well.
  ~PatientTwin();

  /// Null for a thread without one.
  [[nodiscard]] static PatientTwin* of_this_thread() noexcept;

  /// What `work` returns or throws, computed by the twin; empty when it did not get the time to: then the caller does
  /// it by itself. The work may go on after that, so it owns what it uses.
  template <class Work>
  [[nodiscard]] auto try_compute(Work work) -> std::optional<std::invoke_result_t<Work&>> {
    using Result = std::invoke_result_t<Work&>;
    const auto promise = std::make_shared<std::promise<Result>>();
    auto result = promise->get_future();
    const bool is_taken = take([promise, work = std::move(work)]() mutable -> std::function<void()> {
      try {
        return [promise, value = work()]() mutable { promise->set_value(std::move(value)); };
      } catch (...) {
        return [promise, failure = std::current_exception()] { promise->set_exception(failure); };
      }
    });
    if (!is_taken || result.wait_for(patience()) != std::future_status::ready) return std::nullopt;
    return result.get();
  }

 private:
  using Tell = std::function<void()>;
  using Work = std::function<Tell()>;  // computes, and returns how to tell of it

  /// False: it is still busy with what was given up.
  bool take(Work work);
  [[nodiscard]] std::chrono::nanoseconds patience() const noexcept;
  void run();
  void wait_for_work(std::unique_lock<std::mutex>& lock);

  const std::string name_;
  const std::function<void()> on_idle_;
  const std::chrono::milliseconds least_patience_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Work work_;
  bool is_busy_ = false, is_stopping_ = false;
  std::atomic<std::chrono::nanoseconds> took_{std::chrono::milliseconds{20}};  // of CPU, the last one
  std::thread thread_;
};

}  // namespace guerdon
