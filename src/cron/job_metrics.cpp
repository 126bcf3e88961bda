// See job_metrics.hpp. The label is `name`: Prometheus has a `job` of its own for whom it scrapes.
#include "cron/job_metrics.hpp"

#include <chrono>

#include "cron/job_runner.hpp"

namespace guerdon::cron {
namespace {

constexpr std::array all_outcomes{JobOutcome::succeeded, JobOutcome::refused, JobOutcome::failed};

double in_seconds(Instant instant) { return std::chrono::duration<double>(instant.time_since_epoch()).count(); }

void tell_last_run(MetricSheet& sheet, const JobView& job) {
  if (!job.last_result) return;
  for (const auto outcome : all_outcomes)
    sheet.gauge("cron_job_last_result", "1 for what the last run that has ended came to.",
                *job.last_result == outcome ? 1 : 0, {{"name", job.name}, {"result", std::string{wire_name(outcome)}}});
  sheet.gauge("cron_job_last_duration_seconds", "What the last run that has ended took.",
              static_cast<double>(job.last_duration_ms.value_or(0)) / 1e3, {{"name", job.name}});
}

void tell_rows(Snapshot& snapshot, MetricSheet& sheet, const JobRunner& jobs) {
  const auto successes = list_last_successes(snapshot);
  for (const auto& job : jobs.list(snapshot)) {
    tell_last_run(sheet, job);
    if (const auto found = successes.find(job.name); found != successes.end())
      sheet.gauge("cron_job_last_success_timestamp_seconds", "When the last run that succeeded ended.",
                  in_seconds(found->second), {{"name", job.name}});
    if (job.next_run)
      sheet.gauge("cron_job_next_run_timestamp_seconds", "When the job is due; of a job that is off there is none.",
                  in_seconds(*job.next_run), {{"name", job.name}});
    sheet.gauge("cron_job_running", "1 while a run goes on.", job.running ? 1 : 0, {{"name", job.name}});
  }
}

}  // namespace

void RunCounts::note(std::string_view job, JobOutcome outcome) noexcept {
  const auto found = counts_.find(job);
  if (found == counts_.end()) return;
  found->second[static_cast<std::size_t>(outcome)].fetch_add(1, std::memory_order_relaxed);
}

void RunCounts::collect(MetricSheet& sheet) const {
  for (const auto& [job, counts] : counts_)
    for (const auto outcome : all_outcomes)
      sheet.counter("cron_job_runs_total", "Runs that this server has ended, by their result.",
                    static_cast<double>(counts[static_cast<std::size_t>(outcome)].load(std::memory_order_relaxed)),
                    {{"name", job}, {"result", std::string{wire_name(outcome)}}});
}

void add_job_metrics(Metrics& metrics, const JobRunner& jobs) {
  metrics.add([&jobs](MetricSheet& sheet) { jobs.counts().collect(sheet); });
  metrics.add_rows([&jobs](Snapshot& snapshot, MetricSheet& sheet) { tell_rows(snapshot, sheet, jobs); });
}

}  // namespace guerdon::cron
