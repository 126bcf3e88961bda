// See outside_work.hpp.
#include "cron/outside_work.hpp"

#include <exception>
#include <utility>

namespace guerdon::cron {
namespace {

Result<void> attempt(const OutsideWork::Work& work, JobRun& run, const std::stop_token& stop) {
  try {
    return work(run, stop);
  } catch (const std::exception& error) {
    return Error{problems::internal, error.what()};
  } catch (...) {
    return Error{problems::internal, "something that is no exception was thrown"};
  }
}

}  // namespace

OutsideWork::OutsideWork(std::function<void()> came_back)
    : came_back_(std::move(came_back)), pool_({.name = "jobs", .threads = 1, .queue = 16, .low_priority = true}) {}

void OutsideWork::start(const std::string& job, std::int64_t number, Work work, JobRun run) {
  const std::lock_guard lock{mutex_};
  runs_.insert_or_assign(job, Run{number});
  const bool is_taken =
      pool_.post([this, job, number, work = std::move(work), run] { carry_out(job, number, work, run); });
  if (is_taken) {
    ++going_on_;
  } else {
    runs_.at(job).report = Report{std::move(run), Error{problems::unavailable, "no thread was free"}};
  }
}

void OutsideWork::carry_out(const std::string& job, std::int64_t number, const Work& work, JobRun run) {
  auto result = attempt(work, run, stop_.get_token());
  if (!stop_.stop_requested()) {
    {
      const std::lock_guard lock{mutex_};
      const auto known = runs_.find(job);
      if (known->second.number == number) known->second.report = Report{std::move(run), std::move(result)};
    }
    came_back_();  // before anybody hears that it has ended: whoever waits for both sees the pass that takes it up
  }
  const std::lock_guard lock{mutex_};
  --going_on_;
  ended_.notify_all();
}

bool OutsideWork::is_going_on(const std::string& job, std::int64_t number) const {
  const std::lock_guard lock{mutex_};
  const auto run = runs_.find(job);
  return run != runs_.end() && run->second.number == number && !run->second.report;
}

std::optional<OutsideWork::Report> OutsideWork::find_report(const std::string& job, std::int64_t number) const {
  const std::lock_guard lock{mutex_};
  const auto run = runs_.find(job);
  if (run == runs_.end() || run->second.number != number) return std::nullopt;
  return run->second.report;
}

bool OutsideWork::is_quiet() const {
  const std::lock_guard lock{mutex_};
  return going_on_ == 0;
}

bool OutsideWork::wait(std::chrono::milliseconds limit) {
  std::unique_lock lock{mutex_};
  return ended_.wait_for(lock, limit, [&] { return going_on_ == 0; });
}

void OutsideWork::quit() { stop_.request_stop(); }

}  // namespace guerdon::cron
