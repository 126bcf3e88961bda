// What a run does: chunks that hand on to each other, refusals, failures, crashes, and runs that somebody asked for.
#include "integration/cron/jobland.hpp"

using namespace guerdon;
using namespace guerdon::cron;

namespace {

using Outcomes = std::vector<std::string>;

/// Leaves a row a pass, five in all.
Job five_chunks(std::function<void(std::int64_t)> before_each = [](std::int64_t) {}) {
  return {.name = "chunks",
          .schedule = every("@hourly"),
          .pass = [before_each = std::move(before_each)](Tx& tx, JobRun& run) -> Result<JobPass> {
            const auto chunk = run.counts["chunks"]++;
            run.memory["seen"] = chunk;
            before_each(chunk);
            tx.exec("INSERT INTO server_state (key, value) VALUES ($1, 'x')",
                    "chunk " + std::to_string(tx.get<std::int64_t>("SELECT count(*) FROM server_state")));
            return chunk < 4 ? JobPass::more : JobPass::done;
          }};
}

std::int64_t rows(Jobland& land) {
  return land.store->read(
      [](Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT count(*) FROM server_state"); });
}

}  // namespace

TEST_CASE("a run goes on from chunk to chunk and is shown with what it counted") {
  Jobland land{GENERATE(from_range(test::engines())), [](JobRunner& jobs) { jobs.add(five_chunks()); }};
  land.settle();
  land.advance(1h);
  CHECK(rows(land) == 5);
  const auto view = land.view("chunks");
  CHECK(view.last_run == land.store.clock.now());
  CHECK(view.last_result == JobOutcome::succeeded);
  CHECK(view.last_counts == json::object{{"chunks", 5}});
  CHECK(view.last_duration_ms == 0);
  CHECK_FALSE(view.last_error);
  CHECK_FALSE(view.running);
}

TEST_CASE("a run that a crash cuts off goes on where it was, and does nothing twice") {
  const int passes_before = GENERATE(1, 2, 3, 4, 5, 6);
  Jobland land{GENERATE(from_range(test::engines())), [](JobRunner& jobs) { jobs.add(five_chunks()); }};
  land.settle();
  land.store.clock.advance(1h);
  for (int i = 0; i < passes_before; ++i) REQUIRE(land.pass().more);
  land.restart();
  land.settle();
  land.steady += 1h;
  land.settle();
  CHECK(rows(land) == 5);
  CHECK(land.outcomes("chunks") == Outcomes{"SUCCEEDED"});
  CHECK(land.runs("chunks").at(0).counts == json::object{{"chunks", 5}});
}

TEST_CASE("a pass that was not committed leaves nothing, and is done again") {
  struct Cut {};  // no std::exception: nobody may catch it
  bool is_cut = true;
  Jobland land{GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
                 jobs.add(five_chunks([&](std::int64_t chunk) {
                   if (chunk == 2 && std::exchange(is_cut, false)) throw Cut{};
                 }));
               }};
  land.settle();
  land.store.clock.advance(1h);
  CHECK_THROWS_AS(land.settle(), Cut);
  CHECK(rows(land) == 2);
  land.settle();
  CHECK(rows(land) == 5);
  CHECK(land.runs("chunks").at(0).counts == json::object{{"chunks", 5}});
}

TEST_CASE("a run during which the server ends three times is given up") {
  const auto engine = GENERATE(from_range(test::engines()));
  Jobland land{engine, [](JobRunner& jobs) { jobs.add(five_chunks()); }};
  land.settle();
  land.store.clock.advance(1h);
  REQUIRE(land.pass().more);
  for (int i = 0; i < 3; ++i) {
    CHECK(land.outcomes("chunks") == Outcomes{"-"});
    land.restart();
    if (engine != Engine::sqlite) {  // where others may live, the lease of the one before has to end
      CHECK_FALSE(land.pass().more);
      land.steady += 1h;
    }
    REQUIRE(land.pass().more);
  }
  CHECK(land.outcomes("chunks") == Outcomes{"FAILED"});
  CHECK(land.view("chunks").last_error == "the server ended during the run, again and again");
  land.advance(1h);
  CHECK(land.outcomes("chunks") == Outcomes{"FAILED", "SUCCEEDED"});
}

TEST_CASE("what a pass throws is tried again after a while, and three times is a failure") {
  int attempts = 0;
  int good_from = 0;
  Jobland land{GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
                 jobs.add(five_chunks([&](std::int64_t) {
                   if (++attempts < good_from) throw std::runtime_error("out of order");
                 }));
               }};
  land.settle();
  SECTION("twice") {
    good_from = 3;
    land.store.clock.advance(1h);
    CHECK(land.settle() == land.store.clock.now() + 10s);
    CHECK(attempts == 1);
    land.advance(10s);
    CHECK(attempts == 2);
    land.advance(10s);
    CHECK(attempts == 2);
    land.advance(10s);
    CHECK(rows(land) == 5);
    CHECK(land.outcomes("chunks") == Outcomes{"SUCCEEDED"});
  }
  SECTION("three times") {
    good_from = 4;
    land.advance(1h);
    land.advance(10s);
    land.advance(20s);
    CHECK(rows(land) == 0);
    CHECK(land.outcomes("chunks") == Outcomes{"FAILED"});
    CHECK(land.view("chunks").last_error == "out of order");
    land.advance(1h);
    CHECK(land.outcomes("chunks") == Outcomes{"FAILED", "SUCCEEDED"});
  }
}

TEST_CASE("a constraint that a pass violates is its own failure, a store that is gone is nobody's") {
  std::optional<StoreError::Kind> kind;
  Jobland land{
      GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
        jobs.add({.name = "one", .schedule = every("@hourly"), .pass = [&](Tx& tx, JobRun&) -> Result<JobPass> {
                    if (kind) throw StoreError(*kind, "a fault made by the test");
                    tx.exec("INSERT INTO server_state (key, value) VALUES ('a', 'x'), ('a', 'x')");
                    return JobPass::done;
                  }});
      }};
  land.settle();
  kind = StoreError::Kind::storage_full;
  land.store.clock.advance(1h);
  for (int i = 0; i < 5; ++i) CHECK_THROWS_AS(land.settle(), StoreError);
  kind.reset();
  CHECK(land.settle() == land.store.clock.now() + 10s);
  land.advance(10s);
  land.advance(20s);
  CHECK(land.outcomes("one") == Outcomes{"FAILED"});
}

TEST_CASE("an error of a pass ends the run, without its effects") {
  Jobland land{
      GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
        jobs.add({.name = "one", .schedule = every("@hourly"), .pass = [](Tx& tx, JobRun& run) -> Result<JobPass> {
                    run.counts["done"] = 7;
                    tx.exec("INSERT INTO server_state (key, value) VALUES ('a', 'x')");
                    return Error{problems::internal, "not like this"};
                  }});
      }};
  land.settle();
  land.advance(1h);
  CHECK(land.outcomes("one") == Outcomes{"FAILED"});
  CHECK(land.view("one").last_error == "not like this");
  CHECK(land.view("one").last_counts.empty());
  CHECK(rows(land) == 0);
}

TEST_CASE("a job may refuse to begin, until an administrator confirms") {
  int passes = 0;
  Jobland land{GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
                 jobs.add({.name = "careful",
                           .schedule = every("@hourly"),
                           .begin = [](Tx& tx, JobRun& run) -> Result<void> {
                             tx.exec("INSERT INTO server_state (key, value) VALUES ($1, 'x')", to_rfc3339(tx.now()));
                             run.memory["plan"] = "all of it";
                             if (!run.confirmed) return Error{problems::forbidden, "too many"}.keeping_effects();
                             return {};
                           },
                           .pass = [&](Tx&, JobRun& run) -> Result<JobPass> {
                             CHECK(run.memory.at("plan") == "all of it");
                             CHECK(run.confirmed);
                             return ++passes < 3 ? JobPass::more : JobPass::done;
                           }});
               }};
  land.settle();
  land.advance(1h);
  CHECK(land.outcomes("careful") == Outcomes{"REFUSED"});
  CHECK(land.view("careful").last_error == "too many");
  CHECK(rows(land) == 1);  // it asked to keep its effects
  REQUIRE(land.ask("careful", true));
  land.store.clock.advance(1min);
  land.settle();
  CHECK(passes == 3);
  CHECK(land.outcomes("careful") == Outcomes{"REFUSED", "SUCCEEDED"});
  land.advance(1h);  // nobody has confirmed this one
  CHECK(land.outcomes("careful") == Outcomes{"REFUSED", "SUCCEEDED", "REFUSED"});
}

TEST_CASE("a run that was asked for comes at once, beside the schedule, and only one at a time") {
  Jobland land{GENERATE(from_range(test::engines())), [](JobRunner& jobs) { jobs.add(five_chunks()); }};
  land.settle();
  land.store.clock.advance(1min);
  const auto next = land.view("chunks").next_run;
  const int woken = land.server->pump.woken;
  REQUIRE(land.ask("chunks"));
  CHECK(land.server->pump.woken == woken + 1);
  CHECK(land.ask("chunks").error().problem == job_running);
  REQUIRE(land.pass().more);
  REQUIRE(land.pass().more);
  CHECK(land.view("chunks").running);
  CHECK(land.view("chunks").running_since == land.store.clock.now());
  CHECK(land.ask("chunks").error().problem == job_running);
  land.settle();
  CHECK(land.view("chunks").next_run == next);
  CHECK_FALSE(land.runs("chunks").at(0).due_at);
  REQUIRE(land.ask("chunks"));
  CHECK(land.ask("unheard-of").error().problem == problems::not_found);
}

TEST_CASE("who asked for a run is in the audit log, and who was refused is not") {
  Jobland land{GENERATE(from_range(test::engines())), [](JobRunner& jobs) { jobs.add(five_chunks()); }};
  REQUIRE(land.ask("chunks", true));  // also before the server has looked at its jobs
  CHECK_FALSE(land.ask("chunks", true));
  const auto entries = land.store->read([](Snapshot& snapshot) {
    return snapshot.list<std::string>("SELECT action || ' ' || subject || ' ' || details FROM audit_log");
  });
  CHECK(entries == std::vector<std::string>{R"(job.run-asked-for chunks {"confirm":true})"});
}

TEST_CASE("a run knows who asked for it in each of its passes, and the next one nothing of them") {
  std::vector<std::optional<ActorId>> askers;
  Jobland land{
      GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
        jobs.add({.name = "curious", .schedule = every("@hourly"), .pass = [&](Tx&, JobRun& run) -> Result<JobPass> {
                    askers.push_back(run.asked_by);
                    return askers.size() == 1 ? JobPass::more : JobPass::done;
                  }});
      }};
  land.settle();
  REQUIRE(land.ask("curious"));
  land.settle();
  const auto asker = ActorId::trusted(UserId{}.to_string());
  REQUIRE(askers.size() == 2);
  CHECK(askers[0] == asker);
  CHECK(askers[1] == asker);
  land.advance(1h);
  REQUIRE(askers.size() == 3);
  CHECK_FALSE(askers[2]);
}

TEST_CASE("jobs take turns: a long one does not keep others waiting") {
  std::string order;
  const auto lasting = [&](const std::string& name, std::int64_t passes) {
    return Job{.name = name,
               .schedule = every("@hourly"),
               .pass = [&order, name, passes](Tx&, JobRun& run) -> Result<JobPass> {
                 order += name;
                 return ++run.counts["n"] < passes ? JobPass::more : JobPass::done;
               }};
  };
  Jobland land{GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
                 jobs.add(lasting("c", 1));
                 jobs.add(lasting("a", 4));
                 jobs.add(lasting("b", 2));
               }};
  land.settle();
  land.advance(1h);
  CHECK(order.size() == 7);
  CHECK(order.find('c') <= 3);
  CHECK(order.rfind('b') <= 5);
}

TEST_CASE("a hundred runs of a job are kept") {
  Jobland land{GENERATE(from_range(test::engines())),
               [](JobRunner& jobs) { jobs.add(simple("often", "* * * * *", [] {})); }};
  land.settle();
  for (int i = 0; i < 130; ++i) land.advance(1min);
  const auto runs = land.runs("often");
  CHECK(runs.size() == 100);
  CHECK(runs.back().number == 130);
}
