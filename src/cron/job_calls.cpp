// What administrators ask of the jobs: how they are, and to run now.
#include <algorithm>
#include <utility>

#include "cron/job_runner.hpp"
#include "guerdon/audit.hpp"

namespace guerdon::cron {

Result<void> JobRunner::ask(Tx& tx, const Caller& caller, std::string_view name, bool is_confirmed) {
  const auto* const entry = find(name);
  if (entry == nullptr) return Error{problems::not_found, "There is no such job."};
  auto row = lock_job(tx, name);
  if (!row) {
    add_job(tx, planned_row(entry->job, tx.now()));
    row = lock_job(tx, name).value();
  }
  if (row->is_running || row->asked_at) return Error{job_running, "The job is running already."};
  row->asked_at = tx.now();
  row->asked_by = caller.actor().value();
  row->is_confirmed = is_confirmed;
  update_job(tx, *row);
  tx.on_commit([this] { pumps_.wake(pump); });
  record_audit(tx, caller,
               {.action = "job.run-asked-for", .subject = std::string{name}, .details = {{"confirm", is_confirmed}}});
  return {};
}

std::vector<JobView> JobRunner::list(Snapshot& snapshot) const {
  const auto rows = list_jobs(snapshot);
  const auto runs = list_latest_runs(snapshot);
  std::vector<JobView> views;
  for (const auto& [job, outside] : entries_) {
    const auto row = std::ranges::find(rows, job.name, &JobRow::name);
    JobView view{.name = job.name,
                 .schedule = job.schedule.text(),
                 .time_zone = zone_,
                 .next_run = row == rows.end() ? job.schedule.next(snapshot.now(), zone_) : row->next_at};
    for (const auto& run : runs) {
      if (run.job != job.name) continue;
      if (!run.finished_at) {
        view.running = true;
        view.running_since = run.started_at;
        continue;
      }
      view.last_run = run.started_at;
      view.last_result = run.outcome;
      view.last_duration_ms = std::max(*run.finished_at - run.started_at, std::chrono::milliseconds{0}).count();
      view.last_error = run.error;
      view.last_counts = run.counts;
    }
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace guerdon::cron
