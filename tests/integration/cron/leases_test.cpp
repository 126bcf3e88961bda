// Several servers on one database: one of them at a time is at a job, and whoever dies at it is followed by another.
#include <algorithm>
#include <deque>

#include "bus/pump_runner.hpp"
#include "integration/cron/jobland.hpp"

using namespace guerdon;
using namespace guerdon::cron;

namespace {

std::vector<Engine> shared_engines() {
  auto engines = test::engines();
  std::erase(engines, Engine::sqlite);
  return engines;
}

Job lasting(std::int64_t passes) {
  return {.name = "lasting", .schedule = every("@hourly"), .pass = [passes](Tx&, JobRun& run) -> Result<JobPass> {
            return ++run.counts["passes"] < passes ? JobPass::more : JobPass::done;
          }};
}

std::int64_t passes(Jobland& land) {
  const auto counts = land.runs("lasting").at(0).counts;
  return counts.at("passes").to_number<std::int64_t>();
}

/// Three servers with timers of their own over one database.
class Servers {
 public:
  static constexpr int chunks = 4;

  explicit Servers(test::TestDatabase& store) : store_(store) {
    for (int i = 0; i < 3; ++i) {
      auto& pump = pumps_.emplace_back(*store, store.clock, bus::PumpSettings{.poll = 20ms, .first_retry = 1ms});
      jobs_.emplace_back(pump, *random_, JobSettings{})
          .add({.name = "hourly", .schedule = every("@hourly"), .pass = chunk});
    }
    for (auto& pump : pumps_) pump.start();
    for (auto& pump : pumps_) REQUIRE(pump.settle(60s));
  }

  std::int64_t count(Sql sql) {
    return store_->read([&](Snapshot& snapshot) { return snapshot.get<std::int64_t>(sql); });
  }
  /// Until so many runs have ended.
  bool wait_for(int runs) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    for (auto& pump : pumps_) pump.clock_moved();
    while (count("SELECT count(*) FROM job_runs WHERE finished_at IS NOT NULL") < runs) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      for (auto& pump : pumps_) static_cast<void>(pump.settle(5ms));
    }
    return true;
  }
  bool stop() {
    return std::ranges::all_of(pumps_, [](auto& pump) { return pump.stop(30s); });
  }

 private:
  static Result<JobPass> chunk(Tx& tx, JobRun& run) {
    tx.exec("INSERT INTO server_state (key, value) VALUES ($1, 'x')", tx.new_id<UserId>().to_string());
    return ++run.counts["chunks"] < chunks ? JobPass::more : JobPass::done;
  }

  test::TestDatabase& store_;
  std::unique_ptr<Random> random_ = system_random();
  std::deque<bus::PumpRunner> pumps_;
  std::deque<JobRunner> jobs_;
};

}  // namespace

TEST_CASE("two servers that look in turn run each occurrence once") {
  int runs = 0;
  Jobland land{GENERATE(from_range(test::engines())),
               [&](JobRunner& jobs) { jobs.add(simple("hourly", "@hourly", [&] { ++runs; })); }};
  const auto other = land.another_server();
  land.settle();
  land.settle(*other);
  for (int i = 0; i < 48; ++i) {
    land.store.clock.advance(1h);
    Process& first = i % 2 == 0 ? *land.server : *other;
    land.settle(first);
    land.settle(&first == other.get() ? *land.server : *other);
  }
  CHECK(runs == 48);
}

TEST_CASE("a job stays with a server that lives, whatever the clock of the calendar does") {
  const std::chrono::hours leap{GENERATE(0, 24 * 365)};
  for (const auto engine : shared_engines()) {
    Jobland land{engine, [](JobRunner& jobs) { jobs.add(lasting(10)); }};
    const auto other = land.another_server();
    land.settle();
    land.store.clock.advance(1h);
    for (int i = 0; i < 8; ++i) {
      REQUIRE(land.pass().more);
      CHECK_FALSE(land.pass(*other).more);
      land.store.clock.advance(leap);
      land.steady += 20s;  // below a lease, and each pass is a sign of life
    }
  }
}

TEST_CASE("a job of a server that died goes to another one once its lease is over, and does not come back") {
  for (const auto engine : shared_engines()) {
    Jobland land{engine, [](JobRunner& jobs) { jobs.add(lasting(10)); }};
    const auto other = land.another_server();
    land.settle();
    land.store.clock.advance(1h);
    for (int i = 0; i < 4; ++i) REQUIRE(land.pass().more);  // begun, and three passes
    CHECK_FALSE(land.pass(*other).more);                    // the first look
    land.steady += 30s - 1ms;
    CHECK_FALSE(land.pass(*other).more);
    land.steady += 1ms;
    REQUIRE(land.pass(*other).more);
    // The one that was thought dead wakes up: it is no longer its job.
    CHECK_FALSE(land.pass().more);
    land.settle(*other);
    land.settle();
    CHECK(passes(land) == 10);
    CHECK(land.outcomes("lasting") == std::vector<std::string>{"SUCCEEDED"});
  }
}

TEST_CASE("what a server gives back at its end goes on at once, and was not lost") {
  Jobland land{GENERATE(from_range(test::engines())), [](JobRunner& jobs) { jobs.add(lasting(10)); }};
  land.settle();
  land.store.clock.advance(1h);
  for (int i = 0; i < 5; ++i) {  // more often than a run may be lost
    REQUIRE(land.pass().more);
    land.server->runner.give_back(*land.store);
    land.restart();
  }
  land.settle();
  CHECK(passes(land) == 10);
  CHECK(land.outcomes("lasting") == std::vector<std::string>{"SUCCEEDED"});
}

TEST_CASE("servers that run at the same time do each occurrence once, and each of its chunks once") {
  for (const auto engine : shared_engines()) {
    test::TestDatabase store{engine};
    Servers servers{store};
    for (int hour = 1; hour <= 12; ++hour) {
      store.clock.advance(1h);
      CHECK(servers.wait_for(hour));
    }
    CHECK(servers.stop());
    CHECK(servers.count("SELECT count(*) FROM job_runs WHERE outcome = 'SUCCEEDED'") == 12);
    CHECK(servers.count("SELECT count(*) FROM server_state") == 12 * Servers::chunks);
  }
}
