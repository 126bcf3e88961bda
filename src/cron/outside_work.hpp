// Work of jobs that is no transaction's: it reads for long, on a thread of its own and of low priority. What comes of
// it waits here until a pass takes it up.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "guerdon/jobs.hpp"
#include "runtime/task_pool.hpp"

namespace guerdon::cron {

/// Thread-safe.
class OutsideWork {
 public:
  /// Stops early when it is asked to; whatever it then returns is dropped. What it throws is a failure.
  using Work = std::function<Result<void>(JobRun&, const std::stop_token&)>;

  struct Report {
    JobRun run;
    Result<void> result;
  };

  /// `came_back` is called on the work's thread, with the report in place.
  explicit OutsideWork(std::function<void()> came_back);

  /// The number is the run's. Only one run of a job is known here; a later one takes its place.
  void start(const std::string& job, std::int64_t number, Work work, JobRun run);
  /// Started, and without a report so far.
  [[nodiscard]] bool is_going_on(const std::string& job, std::int64_t number) const;
  [[nodiscard]] std::optional<Report> find_report(const std::string& job, std::int64_t number) const;

  [[nodiscard]] bool is_quiet() const;
  /// Waits until nothing goes on. False after `limit`.
  [[nodiscard]] bool wait(std::chrono::milliseconds limit);
  /// Nothing is started any more, and what goes on is asked to stop.
  void quit();

 private:
  struct Run {
    std::int64_t number;
    std::optional<Report> report{};
  };

  void carry_out(const std::string& job, std::int64_t number, const Work& work, JobRun run);

  const std::function<void()> came_back_;
  std::stop_source stop_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::map<std::string, Run, std::less<>> runs_;
  int going_on_ = 0;
  TaskPool pool_;  // last: its threads use all the others
};

}  // namespace guerdon::cron
