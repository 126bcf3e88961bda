// Runs the jobs: one pump that looks at all of them, begins what is due, does a chunk of one job a pass and gives back
// what has been done. On a shared database one server at a time is at a job, and each chunk is done under its row's
// lock by whoever holds it: no run is done twice, however long somebody was thought dead.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cron/job_metrics.hpp"
#include "cron/job_rows.hpp"
#include "cron/lease_watch.hpp"
#include "cron/outside_work.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/jobs.hpp"
#include "guerdon/random.hpp"

namespace guerdon::cron {

inline constexpr Problem job_running{409, "job-running"};

struct JobSettings {
  TimeZone zone{};
  /// Real time without a sign of life of a server after which another one goes on with its job.
  std::chrono::milliseconds lease = std::chrono::seconds{30};
  std::function<std::chrono::steady_clock::time_point()> steady = std::chrono::steady_clock::now;
};

/// A job as the API shows it; `last…` is of the last run that has ended.
struct JobView {
  std::string name;
  std::string schedule;  ///< empty = off
  TimeZone time_zone;
  std::optional<Instant> last_run{};  ///< when it began
  std::optional<JobOutcome> last_result{};
  std::optional<Instant> next_run{};
  bool running = false;
  std::optional<Instant> running_since{};
  std::optional<std::int64_t> last_duration_ms{};
  std::optional<std::string> last_error{};
  json::object last_counts{};
};
BOOST_DESCRIBE_STRUCT(JobView, (),
                      (name, schedule, time_zone, last_run, last_result, next_run, running, running_since,
                       last_duration_ms, last_error, last_counts))

class JobRunner final : public Jobs {
 public:
  static constexpr std::string_view pump = "jobs";

  /// Adds its pump, which refers to the runner from then on.
  JobRunner(Pumps& pumps, Random& random, JobSettings settings);

  void add(Job job) override;
  /// A job whose run is one piece of work outside of transactions.
  void add_outside(std::string name, CronSchedule schedule, OutsideWork::Work work);

  /// The pump's pass. One at a time.
  PumpResult pass(Tx& tx);

  /// Has the job run soon, audited. Errors: not-found, job-running.
  [[nodiscard]] Result<void> ask(Tx& tx, const Caller& caller, std::string_view name, bool is_confirmed);
  /// By name.
  [[nodiscard]] std::vector<JobView> list(Snapshot& snapshot) const;
  /// Of runs that have ended here.
  [[nodiscard]] const RunCounts& counts() const noexcept { return counts_; }

  /// Does no work go on outside of transactions?
  [[nodiscard]] bool is_quiet_outside() const { return outside_.is_quiet(); }
  /// Waits until none does. False after `limit`.
  [[nodiscard]] bool wait_for_outside(std::chrono::milliseconds limit) { return outside_.wait(limit); }
  /// Work outside of transactions ends soon, and none begins.
  void quit_outside() { outside_.quit(); }
  /// Another server, or this one's next run, goes on at once with what was begun here. After the last pass.
  void give_back(Database& database) const;

 private:
  struct Entry {
    Job job;
    OutsideWork::Work outside{};
  };

  void add_entry(Entry entry);
  [[nodiscard]] const Entry* find(std::string_view name) const;
  [[nodiscard]] JobRow planned_row(const Job& job, Instant now) const;
  void plan(const Job& job, JobRow& row, Instant now) const;
  [[nodiscard]] bool is_planned(const Job& job, const JobRow& row) const;

  [[nodiscard]] std::optional<Instant> next_look(const Entry& entry, const JobRow& row, Tx& tx);
  void attend(Tx& tx, const Entry& entry);
  void start(Tx& tx, const Entry& entry, JobRow& row);
  void take_over(Tx& tx, JobRow& row);
  void go_on(Tx& tx, const Entry& entry, JobRow& row);
  void step(Tx& tx, const Job& job, JobRow& row);
  void look_outside(Tx& tx, const Entry& entry, JobRow& row);
  void save(Tx& tx, JobRow& row);
  void finish(Tx& tx, JobRow& row, JobOutcome outcome, std::optional<std::string> error = std::nullopt);

  Pumps& pumps_;
  const TimeZone zone_;
  const Uuid process_;
  LeaseWatch leases_;
  std::deque<Entry> entries_;
  RunCounts counts_;
  std::size_t turn_ = 0;  // whose it is to be looked at first
  OutsideWork outside_;
};

}  // namespace guerdon::cron
