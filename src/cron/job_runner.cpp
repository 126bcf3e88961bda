// A run is begun in a commit of its own before anything of it is done. So after a crash it is known what was at work,
// and a job that kills the process is found.
#include "cron/job_runner.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>
#include <variant>

#include "guerdon/process_id.hpp"
#include "telemetry/log.hpp"

namespace guerdon::cron {
namespace {

constexpr std::int64_t most_failures = 3, most_lost = 3;
constexpr std::chrono::seconds retry_after{10};
constexpr std::size_t longest_error = 1000;

std::string shortened(std::string text) {
  if (text.size() <= longest_error) return text;
  auto end = longest_error;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not within a character
  return text.substr(0, end);
}

std::string describe(const Error& error) {
  return error.detail.empty() ? std::string{error.problem.code} : error.detail;
}

JobRun run_of(const JobRow& row) {
  JobRun run{.confirmed = row.is_confirmed, .asked_by = {}, .counts = {}, .memory = row.memory};
  if (row.asked_by) run.asked_by = ActorId::trusted(*row.asked_by);
  for (const auto& [name, count] : row.counts) run.counts.emplace(name, count.to_number<std::int64_t>());
  return run;
}

void keep(JobRow& row, JobRun run) {
  row.counts.clear();
  for (const auto& [name, count] : run.counts) row.counts[name] = count;
  row.memory = std::move(run.memory);
}

bool nothing_done(const json::object& counts) {
  return std::ranges::all_of(counts, [](const auto& count) { return count.value() == 0; });
}

struct Broken {
  std::string error;
};
using Outcome = std::variant<JobPass, Error, Broken>;

/// Throws what is not the job's fault: a failure of the store as a whole, a lack of memory.
template <class F>
Outcome attempt(Tx& tx, F part) {
  try {
    auto result = tx.savepoint(part);
    if (!result) return std::move(result).error();
    return *result;
  } catch (const StoreError& error) {
    const bool is_own = error.kind() == StoreError::Kind::constraint || error.kind() == StoreError::Kind::overrun ||
                        error.kind() == StoreError::Kind::broken;
    if (!is_own) throw;
    return Broken{error.what()};
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    return Broken{error.what()};
  }
}

}  // namespace

JobRunner::JobRunner(Pumps& pumps, Random& random, JobSettings settings)
    : pumps_(pumps),
      zone_(settings.zone),
      process_(make_process_id(random)),
      leases_(settings.lease, std::move(settings.steady)),
      outside_([this] { pumps_.wake(pump); }) {
  pumps_.add(std::string{pump}, [this](Tx& tx) { return pass(tx); });
}

void JobRunner::add(Job job) {
  if (!job.pass) throw std::logic_error("the job '" + job.name + "' has no pass");
  add_entry({.job = std::move(job)});
}

void JobRunner::add_outside(std::string name, CronSchedule schedule, OutsideWork::Work work) {
  add_entry(
      {.job = {.name = std::move(name), .schedule = std::move(schedule), .pass = {}}, .outside = std::move(work)});
}

void JobRunner::add_entry(Entry entry) {
  if (find(entry.job.name) != nullptr) throw std::logic_error("two jobs are named '" + entry.job.name + "'");
  const auto place = std::ranges::lower_bound(entries_, entry.job.name, {}, [](const Entry& e) { return e.job.name; });
  counts_.declare(entry.job.name);
  entries_.insert(place, std::move(entry));
}

const JobRunner::Entry* JobRunner::find(std::string_view name) const {
  const auto found = std::ranges::find(entries_, name, [](const Entry& entry) { return entry.job.name; });
  return found == entries_.end() ? nullptr : &*found;
}

JobRow JobRunner::planned_row(const Job& job, Instant now) const {
  JobRow row;
  row.name = job.name;
  plan(job, row, now);
  return row;
}

// Not before what was run already: a clock that went back brings nothing back.
void JobRunner::plan(const Job& job, JobRow& row, Instant now) const {
  row.schedule = job.schedule.text();
  row.time_zone = zone_.name();
  row.next_at = job.schedule.next(row.last_due_at ? std::max(now, *row.last_due_at) : now, zone_);
}

bool JobRunner::is_planned(const Job& job, const JobRow& row) const {
  return row.schedule == job.schedule.text() && row.time_zone == zone_.name();
}

PumpResult JobRunner::pass(Tx& tx) {
  const auto rows = list_jobs(tx);
  PumpResult result;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto index = (turn_ + i) % entries_.size();
    const auto& entry = entries_[index];
    const auto row = std::ranges::find(rows, entry.job.name, &JobRow::name);
    const auto at = row == rows.end() ? tx.now() : next_look(entry, *row, tx);
    if (at && *at <= tx.now()) {
      turn_ = index + 1;
      attend(tx, entry);
      return {.more = true};
    }
    if (at) result.next_at = std::min(*at, result.next_at.value_or(*at));
  }
  return result;
}

/// When there will be something to do; now at the latest, where there is. Nothing for what others are at, or what goes
/// on outside: the next poll looks again.
std::optional<Instant> JobRunner::next_look(const Entry& entry, const JobRow& row, Tx& tx) {
  const auto now = tx.now();
  if (row.is_running && row.holder != process_)
    return leases_.is_over(row, tx.engine()) ? std::optional{now} : std::nullopt;
  if (row.is_running) {
    if (leases_.wants_beat(row.name)) return now;
    if (entry.outside) return outside_.is_going_on(row.name, row.runs) ? std::nullopt : std::optional{now};
    return row.retry_at.value_or(now);
  }
  if (row.asked_at || !is_planned(entry.job, row)) return now;
  if (row.next_at && *row.next_at <= now) return row.next_at;
  auto planned = row;
  plan(entry.job, planned, now);
  return planned.next_at == row.next_at ? row.next_at : now;  // another one: the clock was put back
}

void JobRunner::attend(Tx& tx, const Entry& entry) {
  const auto now = tx.now();
  auto row = lock_job(tx, entry.job.name);
  if (!row) return add_job(tx, planned_row(entry.job, now));
  if (row->is_running && row->holder == process_) return go_on(tx, entry, *row);
  if (row->is_running) {
    if (leases_.is_over(*row, tx.engine())) take_over(tx, *row);
    return;
  }
  const bool is_due = is_planned(entry.job, *row) && row->next_at && *row->next_at <= now;
  if (is_due || row->asked_at) return start(tx, entry, *row);
  plan(entry.job, *row, now);
  update_job(tx, *row);
}

void JobRunner::start(Tx& tx, const Entry& entry, JobRow& row) {
  const bool is_due = is_planned(entry.job, row) && row.next_at && *row.next_at <= tx.now();
  const auto due_at = is_due ? row.next_at : std::nullopt;
  if (due_at) row.last_due_at = due_at;
  plan(entry.job, row, tx.now());
  ++row.runs;
  row.is_running = true;
  add_run(tx, row, due_at);
  row.asked_at.reset();
  save(tx, row);
}

/// The one who was at it gives no sign of life, or has given the job back.
void JobRunner::take_over(Tx& tx, JobRow& row) {
  if (row.holder) ++row.lost;
  if (row.lost >= most_lost)
    return finish(tx, row, JobOutcome::failed, "the server ended during the run, again and again");
  save(tx, row);
}

void JobRunner::go_on(Tx& tx, const Entry& entry, JobRow& row) {
  if (entry.outside) return look_outside(tx, entry, row);
  if (!row.retry_at || *row.retry_at <= tx.now()) return step(tx, entry.job, row);
  save(tx, row);
}

void JobRunner::step(Tx& tx, const Job& job, JobRow& row) {
  auto run = run_of(row);
  const bool begins = !row.has_begun && job.begin;
  const auto outcome = attempt(tx, [&]() -> Result<JobPass> {
    if (!begins) return job.pass(tx, run);
    if (auto begun = job.begin(tx, run); !begun) return begun.error();
    return JobPass::more;
  });
  if (const auto* const error = std::get_if<Error>(&outcome))
    return finish(tx, row, begins ? JobOutcome::refused : JobOutcome::failed, describe(*error));
  if (const auto* const broken = std::get_if<Broken>(&outcome)) {
    if (++row.failures >= most_failures) return finish(tx, row, JobOutcome::failed, broken->error);
    row.retry_at = tx.now() + retry_after * row.failures;
    return save(tx, row);
  }
  keep(row, std::move(run));
  if (std::get<JobPass>(outcome) == JobPass::done) return finish(tx, row, JobOutcome::succeeded);
  row.has_begun = true;
  row.failures = row.lost = 0;
  row.retry_at.reset();
  save(tx, row);
}

void JobRunner::look_outside(Tx& tx, const Entry& entry, JobRow& row) {
  if (auto report = outside_.find_report(row.name, row.runs)) {
    keep(row, std::move(report->run));
    if (!report->result) return finish(tx, row, JobOutcome::failed, describe(report->result.error()));
    return finish(tx, row, JobOutcome::succeeded);
  }
  if (!outside_.is_going_on(row.name, row.runs))
    tx.on_commit([this, &entry, number = row.runs, run = run_of(row)] {
      outside_.start(entry.job.name, number, entry.outside, run);
    });
  save(tx, row);
}

/// With a sign of life of this process.
void JobRunner::save(Tx& tx, JobRow& row) {
  row.holder = process_;
  ++row.beat;
  leases_.note_beat(row.name);
  update_job(tx, row);
}

void JobRunner::finish(Tx& tx, JobRow& row, JobOutcome outcome, std::optional<std::string> error) {
  if (error) error = shortened(*std::move(error));
  finish_run(tx, row, outcome, error);
  tx.on_commit([this, name = row.name, outcome, error, counts = json::serialize(row.counts),
                is_dull = nothing_done(row.counts)] {
    counts_.note(name, outcome);
    if (outcome != JobOutcome::succeeded)
      return log::warning("cron", "a job did not succeed",
                          {{"job", name}, {"result", wire_name(outcome)}, {"error", error.value_or("")}});
    log::write(is_dull ? log::Level::debug : log::Level::info, "cron", "a job is done",
               {{"job", name}, {"counts", counts}});
  });
  row.is_running = row.has_begun = row.is_confirmed = false;
  row.holder.reset();
  row.asked_by.reset();
  row.retry_at.reset();
  row.failures = row.lost = 0;
  row.counts.clear();
  row.memory.clear();
  update_job(tx, row);
}

void JobRunner::give_back(Database& database) const {
  const auto given = database.write([&](Tx& tx) -> Result<void> {
    give_back_jobs(tx, process_);
    return {};
  });
  given.value();
}

}  // namespace guerdon::cron
