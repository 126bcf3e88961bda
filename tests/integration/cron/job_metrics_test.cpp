// What jobs tell operators.
#include "cron/job_metrics.hpp"

#include "integration/cron/jobland.hpp"
#include "support/scrape.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/sheet.hpp"

using namespace guerdon;
using namespace guerdon::cron;
using test::Scrape;

namespace {

Scrape figures(Jobland& land) {
  telemetry::MetricsRegistry registry;
  add_job_metrics(registry, land.server->runner);
  telemetry::Sheet sheet;
  registry.collect(sheet);
  land.store->read([&](Snapshot& snapshot) { registry.collect_rows(snapshot, sheet); });
  return Scrape{sheet.text()};
}

std::string of(const std::string& name, const std::string& job) { return name + "{name=\"" + job + "\"}"; }
std::string of(const std::string& name, const std::string& job, const std::string& result) {
  return name + "{name=\"" + job + "\",result=\"" + result + "\"}";
}

double in_seconds(Instant instant) { return std::chrono::duration<double>(instant.time_since_epoch()).count(); }

Error on_purpose() { return Error{problems::unavailable, "on purpose"}; }

}  // namespace

TEST_CASE("a job is told with what its last run came to and took, its last success and its next time") {
  bool fails = false;
  Jobland* here = nullptr;
  Jobland land{
      GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
        jobs.add({.name = "work", .schedule = every("@hourly"), .pass = [&](Tx&, JobRun& run) -> Result<JobPass> {
                    if (run.counts["passes"]++ == 0) {
                      here->store.clock.advance(1500ms);
                      return JobPass::more;
                    }
                    if (fails) return on_purpose();
                    return JobPass::done;
                  }});
        jobs.add(
            {.name = "asked", .schedule = {}, .pass = [](Tx&, JobRun&) -> Result<JobPass> { return JobPass::done; }});
      }};
  here = &land;
  const auto first = land.settle().value();
  const auto fresh = figures(land);
  CHECK(fresh.get(of("cron_job_running", "work")) == 0);
  CHECK(fresh.get(of("cron_job_next_run_timestamp_seconds", "work")) == in_seconds(first));
  CHECK_FALSE(fresh.find(of("cron_job_next_run_timestamp_seconds", "asked")).has_value());
  CHECK_FALSE(fresh.find(of("cron_job_last_success_timestamp_seconds", "work")).has_value());
  CHECK_FALSE(fresh.find(of("cron_job_last_result", "work", "SUCCEEDED")).has_value());
  CHECK(fresh.get(of("cron_job_runs_total", "work", "SUCCEEDED")) == 0);

  land.store.clock.set(first);
  land.settle();
  const auto ended = first + 1500ms;
  const auto well = figures(land);
  CHECK(well.get(of("cron_job_last_result", "work", "SUCCEEDED")) == 1);
  CHECK(well.get(of("cron_job_last_result", "work", "FAILED")) == 0);
  CHECK(well.get(of("cron_job_last_duration_seconds", "work")) == 1.5);
  CHECK(well.get(of("cron_job_last_success_timestamp_seconds", "work")) == in_seconds(ended));
  CHECK(well.get(of("cron_job_next_run_timestamp_seconds", "work")) == in_seconds(first + 1h));
  CHECK(well.get(of("cron_job_runs_total", "work", "SUCCEEDED")) == 1);

  fails = true;
  land.store.clock.set(first + 1h);
  land.settle();
  const auto ill = figures(land);
  CHECK(ill.get(of("cron_job_last_result", "work", "SUCCEEDED")) == 0);
  CHECK(ill.get(of("cron_job_last_result", "work", "FAILED")) == 1);
  CHECK(ill.get(of("cron_job_last_success_timestamp_seconds", "work")) == in_seconds(ended));
  CHECK(ill.get(of("cron_job_runs_total", "work", "SUCCEEDED")) == 1);
  CHECK(ill.get(of("cron_job_runs_total", "work", "FAILED")) == 1);
  CHECK(ill.get(of("cron_job_runs_total", "asked", "SUCCEEDED")) == 0);

  land.restart();
  const auto later = figures(land);
  CHECK(later.get(of("cron_job_last_result", "work", "FAILED")) == 1);
  CHECK(later.get(of("cron_job_runs_total", "work", "FAILED")) == 0);
}

TEST_CASE("a run that goes on is told, and one that was refused") {
  Jobland land{GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
                 jobs.add({.name = "picky",
                           .schedule = every("@hourly"),
                           .begin = [](Tx&, JobRun&) -> Result<void> { return on_purpose(); },
                           .pass = [](Tx&, JobRun&) -> Result<JobPass> { return JobPass::done; }});
               }};
  land.store.clock.set(land.settle().value());
  land.pass();
  CHECK(figures(land).get(of("cron_job_running", "picky")) == 1);
  land.settle();
  const auto page = figures(land);
  CHECK(page.get(of("cron_job_running", "picky")) == 0);
  CHECK(page.get(of("cron_job_last_result", "picky", "REFUSED")) == 1);
  CHECK(page.get(of("cron_job_runs_total", "picky", "REFUSED")) == 1);
  CHECK(page.get(of("cron_job_runs_total", "picky", "FAILED")) == 0);
}

TEST_CASE("the last success is not forgotten, however often the job has failed since") {
  bool fails = false;
  Jobland land{
      GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
        jobs.add({.name = "often", .schedule = every("* * * * *"), .pass = [&](Tx&, JobRun&) -> Result<JobPass> {
                    if (fails) return on_purpose();
                    return JobPass::done;
                  }});
      }};
  land.settle();
  land.advance(1min);
  const auto success = in_seconds(land.store.clock.now());
  fails = true;
  for (int i = 0; i < 130; ++i) land.advance(1min);
  CHECK(land.runs("often").size() == 101);
  CHECK(figures(land).get(of("cron_job_last_success_timestamp_seconds", "often")) == success);
  fails = false;
  land.advance(1min);
  CHECK(land.runs("often").size() == 100);
  CHECK(figures(land).get(of("cron_job_last_success_timestamp_seconds", "often")) ==
        in_seconds(land.store.clock.now()));
}
