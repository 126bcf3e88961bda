// Jobs on a database of their own, driven by hand: the test says when a server looks at them, when it dies, and how
// much time passes, by the calendar and by the steady clock.
#pragma once

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cron/job_runner.hpp"
#include "support/databases.hpp"
#include "support/result.hpp"

namespace guerdon::cron {

using namespace std::chrono_literals;

inline CronSchedule every(std::string_view text) { return CronSchedule::parse(text).value(); }

/// Keeps the one pump for the test to run.
class HandPump final : public Pumps {
 public:
  void add(std::string name, std::function<PumpResult(Tx&)> pass) override {
    REQUIRE(name == JobRunner::pump);
    pass_ = std::move(pass);
  }
  void wake(std::string_view name) override {
    REQUIRE(name == JobRunner::pump);
    ++woken;
  }
  PumpResult pass(Tx& tx) { return pass_(tx); }

  std::atomic<int> woken{0};

 private:
  std::function<PumpResult(Tx&)> pass_;
};

/// One process of a server: its own memory over the shared rows.
struct Process {
  Process(Random& random, JobSettings settings) : runner(pump, random, std::move(settings)) {}

  HandPump pump;
  JobRunner runner;
};

struct Run {
  std::int64_t number = 0;
  std::optional<Instant> due_at;
  std::optional<std::string> outcome, error;
  json::object counts;
};
BOOST_DESCRIBE_STRUCT(Run, (), (number, due_at, outcome, error, counts))

class Jobland {
 public:
  using Wiring = std::function<void(JobRunner&)>;

  Jobland(Engine engine, Wiring wiring, TimeZone zone = {}) : store(engine), wiring_(std::move(wiring)), zone_(zone) {
    restart();
  }

  /// The process ends without a word and a new one begins.
  void restart() { server = another_server(); }
  std::unique_ptr<Process> another_server() {
    auto process = std::make_unique<Process>(*random_, JobSettings{.zone = zone_, .steady = [this] { return steady; }});
    wiring_(process->runner);
    return process;
  }

  /// One pass of a server, committed.
  PumpResult pass(Process& of) {
    PumpResult result;
    const auto done = store->write([&](Tx& tx) -> Result<void> {
      result = of.pump.pass(tx);
      return {};
    });
    REQUIRE(done);
    return result;
  }
  PumpResult pass() { return pass(*server); }

  /// Until there is nothing left to do; when there will be something again.
  std::optional<Instant> settle(Process& of) {
    for (int i = 0; i < 10'000; ++i)
      if (const auto result = pass(of); !result.more) return result.next_at;
    FAIL("the jobs do not come to rest");
    return {};
  }
  std::optional<Instant> settle() { return settle(*server); }
  void advance(std::chrono::milliseconds by) {
    store.clock.advance(by);
    settle();
  }

  Result<void> ask(std::string_view job, bool is_confirmed = false) {
    Caller admin;
    admin.user = UserId{};
    return store->write([&](Tx& tx) { return server->runner.ask(tx, admin, job, is_confirmed); });
  }

  std::vector<Run> runs(std::string_view job) {
    return store->read([&](Snapshot& snapshot) {
      return snapshot.list<Run>(
          "SELECT number, due_at, outcome, error, counts FROM job_runs WHERE job = $1 ORDER BY number", job);
    });
  }
  /// How the runs ended, "-" for one that has not.
  std::vector<std::string> outcomes(std::string_view job) {
    std::vector<std::string> found;
    for (const auto& run : runs(job)) found.push_back(run.outcome.value_or("-"));
    return found;
  }
  JobView view(std::string_view job) {
    const auto views = store->read([&](Snapshot& snapshot) { return server->runner.list(snapshot); });
    const auto found = std::ranges::find(views, job, &JobView::name);
    REQUIRE(found != views.end());
    return *found;
  }

  test::TestDatabase store;
  std::chrono::steady_clock::time_point steady{};
  std::unique_ptr<Process> server;

 private:
  const Wiring wiring_;
  const TimeZone zone_;
  std::unique_ptr<Random> random_ = system_random();
};

/// A job that does its work in one pass.
inline Job simple(std::string name, std::string_view schedule, std::function<void()> work) {
  return {.name = std::move(name),
          .schedule = every(schedule),
          .pass = [work = std::move(work)](Tx&, JobRun&) -> Result<JobPass> {
            work();
            return JobPass::done;
          }};
}

}  // namespace guerdon::cron
