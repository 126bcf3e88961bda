// Jobs whose work is no transaction's, and the self-check, which is one.
#include <atomic>
#include <future>

#include "cron/self_check.hpp"
#include "integration/cron/jobland.hpp"

using namespace guerdon;
using namespace guerdon::cron;

namespace {

using Outcomes = std::vector<std::string>;

/// Work that ends when the test says so.
class Gate {
 public:
  OutsideWork::Work work() {
    return [this](JobRun& run, const std::stop_token& stop) -> Result<void> {
      ++begun;
      opened_.wait_for(60s);
      if (stop.stop_requested()) return Error{problems::internal, "stopped early"};
      run.counts["seen"] = 3;
      return {};
    };
  }
  void open() { open_.set_value(); }
  void wait_until_begun() {
    while (begun == 0) std::this_thread::yield();
  }

  std::atomic<int> begun{0};

 private:
  std::promise<void> open_;
  std::shared_future<void> opened_{open_.get_future()};
};

Invariant holds(std::string_view name) {
  return {name, "nothing is wrong", [](Snapshot&) { return std::vector<std::string>{}; }};
}

Invariant broken(std::string_view name) {
  return {name, "nothing is wrong", [](Snapshot&) { return std::vector<std::string>{"row 1", "row 2"}; }};
}

/// Counts rows until its budget is used up.
Invariant endless(std::string_view name) {
  return {name, "it ends", [](Snapshot& snapshot) {
            return snapshot.list<std::string>(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)"
                " SELECT 'row ' || count(*) FROM n WHERE i < 0");
          }};
}

}  // namespace

TEST_CASE("work outside of transactions holds up no pass, and ends its run when it ends") {
  Gate gate;
  int others = 0;
  Jobland land{GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
                 jobs.add_outside("check", every("@hourly"), gate.work());
                 jobs.add(simple("other", "* * * * *", [&] { ++others; }));
               }};
  land.settle();
  land.advance(1h);
  gate.wait_until_begun();
  CHECK(others == 1);
  CHECK(land.view("check").running);
  CHECK_FALSE(land.server->runner.is_quiet_outside());
  land.advance(1min);
  CHECK(others == 2);
  CHECK(land.ask("check").error().problem == job_running);
  gate.open();
  REQUIRE(land.server->runner.wait_for_outside(60s));
  CHECK(land.server->pump.woken > 0);
  land.settle();
  CHECK(land.outcomes("check") == Outcomes{"SUCCEEDED"});
  CHECK(land.view("check").last_counts == json::object{{"seen", 3}});
  CHECK(gate.begun == 1);
  land.advance(1h);
  REQUIRE(land.server->runner.wait_for_outside(60s));
  land.settle();
  CHECK(land.outcomes("check") == Outcomes{"SUCCEEDED", "SUCCEEDED"});
}

TEST_CASE("a server that is busy outside of transactions gives signs of life") {
  Gate gate;
  Jobland land{GENERATE(from_range(test::engines())),
               [&](JobRunner& jobs) { jobs.add_outside("check", every("@hourly"), gate.work()); }};
  const auto beat = [&] {
    return land.store->read([](Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT beat FROM jobs"); });
  };
  land.settle();
  land.advance(1h);
  const auto before = beat();
  land.settle();
  CHECK(beat() == before);
  land.steady += 10s;
  land.settle();
  CHECK(beat() == before + 1);
  gate.open();
}

TEST_CASE("work outside of transactions that throws or fails is a failed run") {
  bool throws = GENERATE(true, false);
  Jobland land{GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
                 jobs.add_outside("check", every("@hourly"), [&](JobRun&, const std::stop_token&) -> Result<void> {
                   if (throws) throw std::runtime_error("bad");
                   return Error{problems::internal, "bad"};
                 });
               }};
  land.settle();
  land.advance(1h);
  REQUIRE(land.server->runner.wait_for_outside(60s));
  land.settle();
  CHECK(land.outcomes("check") == Outcomes{"FAILED"});
  CHECK(land.view("check").last_error == "bad");
}

TEST_CASE("work outside of transactions that a stop cuts off is done by the next run of the server") {
  auto gate = std::make_unique<Gate>();
  Jobland land{GENERATE(from_range(test::engines())),
               [&](JobRunner& jobs) { jobs.add_outside("check", every("@hourly"), gate->work()); }};
  land.settle();
  land.advance(1h);
  gate->wait_until_begun();
  land.server->runner.quit_outside();
  gate->open();
  REQUIRE(land.server->runner.wait_for_outside(60s));
  land.settle();
  CHECK(land.outcomes("check") == Outcomes{"-"});
  land.server->runner.give_back(*land.store);
  land.server.reset();
  gate = std::make_unique<Gate>();
  gate->open();
  land.restart();
  land.settle();
  REQUIRE(land.server->runner.wait_for_outside(60s));
  land.settle();
  CHECK(land.outcomes("check") == Outcomes{"SUCCEEDED"});
}

TEST_CASE("the self-check counts what it asked and fails with the first thing that is broken") {
  test::TestDatabase store{GENERATE(from_range(test::engines()))};
  SelfCheck check{*store, {holds("I1"), broken("I2"), holds("I3"), broken("I4")}};
  JobRun run;
  const auto result = check.run(run, {});
  REQUIRE_FALSE(result);
  CHECK(result.error().detail == "I2: nothing is wrong: row 1");
  CHECK(run.counts == std::map<std::string, std::int64_t>{{"checked", 4}, {"broken", 2}, {"skipped", 0}});
}

TEST_CASE("a question of the self-check that takes too long is skipped") {
  test::TestDatabase store{GENERATE(from_range(test::engines()))};
  SelfCheck check{*store, {endless("I1"), holds("I2")}, {.steps = 10'000}};
  JobRun run;
  CHECK(check.run(run, {}));
  CHECK(run.counts == std::map<std::string, std::int64_t>{{"checked", 1}, {"broken", 0}, {"skipped", 1}});
}

TEST_CASE("a self-check whose time is over goes on where it was the next time") {
  test::TestDatabase store{GENERATE(from_range(test::engines()))};
  std::string asked;
  const auto noting = [&](std::string_view name) {
    return Invariant{name, "noted", [&asked, name](Snapshot&) {
                       asked += name;
                       const auto until =
                           std::chrono::steady_clock::now() + 2ms;  // longer than the whole check may take
                       while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
                       return std::vector<std::string>{};
                     }};
  };
  SelfCheck check{*store, {noting("a"), noting("b"), noting("c")}, {.time = 1ms}};
  for (int i = 0; i < 30 && asked.size() < 4; ++i) {
    JobRun run;
    CHECK(check.run(run, {}));
    CHECK(run.counts.at("checked") + run.counts.at("skipped") == 3);
  }
  CHECK(asked.substr(0, 4) == "abca");
}

TEST_CASE("a self-check that is asked to stop asks nothing more") {
  test::TestDatabase store{Engine::sqlite};
  SelfCheck check{*store, {holds("I1")}};
  std::stop_source stop;
  stop.request_stop();
  JobRun run;
  CHECK(check.run(run, stop.get_token()));
  CHECK(run.counts.at("checked") == 0);
}
