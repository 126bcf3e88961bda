// See job_rows.hpp.
#include "cron/job_rows.hpp"

namespace guerdon::cron {
namespace {

constexpr std::int64_t runs_kept = 100;

}  // namespace

std::vector<JobRow> list_jobs(Snapshot& snapshot) {
  return snapshot.list<JobRow>(
      "SELECT name, schedule, time_zone, next_at, last_due_at, runs, is_running, has_begun, holder, beat, failures,"
      " lost, retry_at, counts, memory, asked_at, asked_by, is_confirmed FROM jobs");
}

std::optional<JobRow> lock_job(Tx& tx, std::string_view name) {
  constexpr Sql sql{
      "SELECT name, schedule, time_zone, next_at, last_due_at, runs, is_running, has_begun, holder, beat, failures,"
      " lost, retry_at, counts, memory, asked_at, asked_by, is_confirmed FROM jobs WHERE name = $1",
      "SELECT name, schedule, time_zone, next_at, last_due_at, runs, is_running, has_begun, holder, beat, failures,"
      " lost, retry_at, counts, memory, asked_at, asked_by, is_confirmed FROM jobs WHERE name = $1 FOR UPDATE"};
  return tx.find<JobRow>(sql, name);
}

void add_job(Tx& tx, const JobRow& job) {
  tx.exec(
      "INSERT INTO jobs (name, schedule, time_zone, next_at, runs, is_running, has_begun, beat, failures, lost, counts,"
      " memory, is_confirmed) VALUES ($1, $2, $3, $4, 0, $5, $5, 0, 0, 0, $6, $6, $5) ON CONFLICT (name) DO NOTHING",
      job.name, job.schedule, job.time_zone, job.next_at, false, json::object{});
}

void update_job(Tx& tx, const JobRow& job) {
  tx.exec(
      "UPDATE jobs SET schedule = $2, time_zone = $3, next_at = $4, last_due_at = $5, runs = $6, is_running = $7,"
      " has_begun = $8, holder = $9, beat = $10, failures = $11, lost = $12, retry_at = $13, counts = $14,"
      " memory = $15, asked_at = $16, asked_by = $17, is_confirmed = $18 WHERE name = $1",
      job.name, job.schedule, job.time_zone, job.next_at, job.last_due_at, job.runs, job.is_running, job.has_begun,
      job.holder, job.beat, job.failures, job.lost, job.retry_at, job.counts, job.memory, job.asked_at, job.asked_by,
      job.is_confirmed);
}

void give_back_jobs(Tx& tx, const Uuid& holder) { tx.exec("UPDATE jobs SET holder = NULL WHERE holder = $1", holder); }

void add_run(Tx& tx, const JobRow& job, std::optional<Instant> due_at) {
  tx.exec("INSERT INTO job_runs (job, number, due_at, asked_by, started_at, counts) VALUES ($1, $2, $3, $4, $5, $6)",
          job.name, job.runs, due_at, job.asked_by, tx.now(), json::object{});
}

void finish_run(Tx& tx, const JobRow& job, JobOutcome outcome, const std::optional<std::string>& error) {
  tx.exec("UPDATE job_runs SET finished_at = $3, outcome = $4, counts = $5, error = $6 WHERE job = $1 AND number = $2",
          job.name, job.runs, tx.now(), outcome, job.counts, error);
  tx.exec(
      "DELETE FROM job_runs WHERE job = $1 AND number <= $2 AND number <> COALESCE((SELECT MAX(number) FROM job_runs"
      " WHERE job = $1 AND outcome = 'SUCCEEDED'), 0)",
      job.name, job.runs - runs_kept);
}

std::map<std::string, Instant, std::less<>> list_last_successes(Snapshot& snapshot) {
  std::map<std::string, Instant, std::less<>> found;
  snapshot.visit("SELECT job, MAX(finished_at) FROM job_runs WHERE outcome = 'SUCCEEDED' GROUP BY job",
                 [&](const Row& row) { found.emplace(column<std::string>(row, 0), column<Instant>(row, 1)); });
  return found;
}

std::vector<RunRow> list_latest_runs(Snapshot& snapshot) {
  return snapshot.list<RunRow>(
      "SELECT r.job, r.started_at, r.finished_at, r.outcome, r.counts, r.error FROM jobs j"
      " JOIN job_runs r ON r.job = j.name AND r.number BETWEEN j.runs - 1 AND j.runs ORDER BY r.job, r.number");
}

}  // namespace guerdon::cron
