// The rows of jobs and of their runs. SQL only; no decisions.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/json.hpp"
#include "guerdon/store.hpp"

namespace guerdon::cron {

enum class JobOutcome { succeeded, refused, failed };
BOOST_DESCRIBE_ENUM(JobOutcome, succeeded, refused, failed)

struct JobRow {
  std::string name;
  std::string schedule, time_zone;  ///< what next_at was worked out from
  std::optional<Instant> next_at, last_due_at;
  std::int64_t runs = 0;  ///< begun so far: the number of the last one
  bool is_running = false;
  bool has_begun = false;
  std::optional<Uuid> holder;  ///< the process that is at it; none: whoever comes
  std::int64_t beat = 0;       ///< raised whenever the holder gives a sign of life
  std::int64_t failures = 0, lost = 0;
  std::optional<Instant> retry_at;
  json::object counts, memory;
  std::optional<Instant> asked_at;
  std::optional<std::string> asked_by;  ///< kept until the run has ended
  bool is_confirmed = false;
};
BOOST_DESCRIBE_STRUCT(JobRow, (),
                      (name, schedule, time_zone, next_at, last_due_at, runs, is_running, has_begun, holder, beat,
                       failures, lost, retry_at, counts, memory, asked_at, asked_by, is_confirmed))

[[nodiscard]] std::vector<JobRow> list_jobs(Snapshot& snapshot);
/// With the row's lock.
[[nodiscard]] std::optional<JobRow> lock_job(Tx& tx, std::string_view name);
/// Does nothing where there is one.
void add_job(Tx& tx, const JobRow& job);
void update_job(Tx& tx, const JobRow& job);
/// What this process holds is free for whoever comes.
void give_back_jobs(Tx& tx, const Uuid& holder);

/// Of the run that `job` is at.
void add_run(Tx& tx, const JobRow& job, std::optional<Instant> due_at);
/// Forgets the oldest run when there are more than are kept, but never the last that succeeded.
void finish_run(Tx& tx, const JobRow& job, JobOutcome outcome, const std::optional<std::string>& error);

struct RunRow {
  std::string job;
  Instant started_at;
  std::optional<Instant> finished_at;
  std::optional<JobOutcome> outcome;
  json::object counts;
  std::optional<std::string> error;
};
BOOST_DESCRIBE_STRUCT(RunRow, (), (job, started_at, finished_at, outcome, counts, error))

/// Of each job the run that goes on, and the last one that has ended.
[[nodiscard]] std::vector<RunRow> list_latest_runs(Snapshot& snapshot);
/// When the last run that succeeded ended, of each job that has one.
[[nodiscard]] std::map<std::string, Instant, std::less<>> list_last_successes(Snapshot& snapshot);

}  // namespace guerdon::cron
