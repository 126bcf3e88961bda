// A second thread that does a thread's long computing, but only while nobody else wants a core. While it gets none, the
// thread computes by itself, and then takes its share from the others.
//
// Linux tells the two apart: where only such a thread runs (SCHED_IDLE, sched(7)), a core counts as free, and who wakes
// up goes there at once; everybody else has to be waited for. But no thread may leave SCHED_IDLE again without
// privileges, and it comes to a standstill while others take all there is. Hence two.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

namespace guerdon {

class PatientTwin {
 public:
  struct Limits {
    /// A work is given up when it takes ten times as long as the last one took of CPU, but never before this is over,
    /// and at the latest a quarter of a second (or this) after a free core would have done it.
    std::chrono::milliseconds least_patience{20};
    /// How long the destructor waits for what the twin is at.
    std::chrono::milliseconds end{2000};
  };

  /// Becomes the twin of the calling thread, which has no other: its of_this_thread() finds it from then on. Its own
  /// thread starts with the first work and has the name, at most 15 characters. `on_idle` is called there when there
  /// was no work for a second, once each time; it does not throw, and owns what it uses.
  PatientTwin(std::string name, std::function<void()> on_idle, Limits limits);
  PatientTwin(std::string name, std::function<void()> on_idle)
      : PatientTwin(std::move(name), std::move(on_idle), Limits{}) {}
  PatientTwin(const PatientTwin&) = delete;
  PatientTwin& operator=(const PatientTwin&) = delete;
  /// On the same thread. What was given up and not begun is dropped; a work that goes on past the limit is left to end,
  /// or to be ended with the process.
  ~PatientTwin();

  /// Null for a thread without one.
  [[nodiscard]] static PatientTwin* of_this_thread() noexcept;

  /// What `work` returns or throws, computed by the twin; empty when it did not get the time to, or has still to do
  /// with what was given up before: then the caller does it by itself. The work may go on after that, so it owns what
  /// it uses.
  template <class Work>
  [[nodiscard]] auto try_compute(Work work) -> std::optional<std::invoke_result_t<Work&>> {
    const auto job = std::make_shared<JobOf<Work>>(std::move(work));
    auto result = job->promise.get_future();
    if (!begin(job)) return std::nullopt;
    if (result.wait_for(patience()) != std::future_status::ready) {
      give_up();
      return std::nullopt;
    }
    return result.get();
  }

 private:
  struct Job {
    Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    virtual ~Job() = default;

    /// False: it threw. What the work owns is gone when this returns.
    virtual bool compute() noexcept = 0;
    virtual void tell() noexcept = 0;
  };

  // Whatever needs memory was made before the twin has it.
  template <class Work>
  struct JobOf final : Job {
    using Result = std::invoke_result_t<Work&>;

    explicit JobOf(Work given) : work(std::move(given)) {}
    bool compute() noexcept override {
      try {
        result.emplace((*work)());
      } catch (...) {
        failure = std::current_exception();
      }
      work.reset();
      return result.has_value();
    }
    void tell() noexcept override {
      if (result)
        promise.set_value(std::move(*result));
      else
        promise.set_exception(std::move(failure));
    }

    std::optional<Work> work;
    std::optional<Result> result;
    std::exception_ptr failure;
    std::promise<Result> promise;
  };

  struct Shared;

  bool begin(std::shared_ptr<Job> job);
  void give_up();
  [[nodiscard]] std::chrono::nanoseconds patience() const noexcept;

  const Limits limits_;
  const std::shared_ptr<Shared> shared_;  // with the thread, which may outlive this
  std::thread thread_;
};

}  // namespace guerdon
