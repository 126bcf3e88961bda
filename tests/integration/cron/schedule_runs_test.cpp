// When runs begin: each occurrence once, a missed one made up once, whatever clocks and processes do meanwhile.
#include "integration/cron/jobland.hpp"

using namespace guerdon;
using namespace guerdon::cron;

namespace {

Instant at(std::string_view text) { return parse_rfc3339(text).value(); }

/// The day of the database's clock: midnight on 2 March 2026.
constexpr auto hour = std::chrono::hours{1};
constexpr auto day = std::chrono::hours{24};

}  // namespace

TEST_CASE("jobs run at each of their times, once, through thirty days") {
  int daily = 0, hourly = 0, weekly = 0;
  Jobland land{GENERATE(from_range(test::engines())), [&](JobRunner& jobs) {
                 jobs.add(simple("daily", "30 5 * * *", [&] { ++daily; }));
                 jobs.add(simple("hourly", "@hourly", [&] { ++hourly; }));
                 jobs.add(simple("weekly", "0 0 * * SUN", [&] { ++weekly; }));
               }};
  land.settle();
  for (int i = 0; i < 30 * 24 * 2; ++i) land.advance(std::chrono::minutes{30});
  CHECK(daily == 30);
  CHECK(hourly == 30 * 24);
  CHECK(weekly == 4);
  const auto runs = land.runs("daily");
  REQUIRE(runs.size() == 30);
  for (std::size_t i = 0; i < runs.size(); ++i)
    CHECK(runs[i].due_at == at("2026-03-02T05:30:00Z") + static_cast<int>(i) * day);
}

TEST_CASE("a job that the database does not know yet waits for its first time") {
  int runs = 0;
  Jobland land{GENERATE(from_range(test::engines())),
               [&](JobRunner& jobs) { jobs.add(simple("daily", "0 12 * * *", [&] { ++runs; })); }};
  CHECK(land.settle() == at("2026-03-02T12:00:00Z"));
  CHECK(runs == 0);
  CHECK(land.view("daily").next_run == at("2026-03-02T12:00:00Z"));
  CHECK_FALSE(land.view("daily").last_run);
}

TEST_CASE("what was missed while no server ran is made up once") {
  int runs = 0;
  Jobland land{GENERATE(from_range(test::engines())),
               [&](JobRunner& jobs) { jobs.add(simple("daily", "0 12 * * *", [&] { ++runs; })); }};
  land.settle();
  land.store.clock.advance(5 * day + 15 * hour);
  land.restart();
  CHECK(land.settle() == at("2026-03-08T12:00:00Z"));
  CHECK(runs == 1);
  CHECK(land.runs("daily").at(0).due_at == at("2026-03-02T12:00:00Z"));
  land.advance(day);
  CHECK(runs == 2);
}

TEST_CASE("an occurrence that was run is not run again by a restart or a clock that is put back") {
  int runs = 0;
  Jobland land{GENERATE(from_range(test::engines())),
               [&](JobRunner& jobs) { jobs.add(simple("daily", "0 12 * * *", [&] { ++runs; })); }};
  land.settle();
  land.advance(12 * hour + 1min);
  REQUIRE(runs == 1);
  land.restart();
  land.settle();
  land.store.clock.advance(-hour);
  CHECK(land.settle() == at("2026-03-03T12:00:00Z"));
  land.restart();
  land.advance(2 * hour);
  CHECK(runs == 1);
  land.advance(day);
  CHECK(runs == 2);
}

TEST_CASE("a clock that leaps a month ahead and comes back costs one run and holds up nothing") {
  int runs = 0;
  Jobland land{GENERATE(from_range(test::engines())),
               [&](JobRunner& jobs) { jobs.add(simple("daily", "0 12 * * *", [&] { ++runs; })); }};
  land.settle();
  land.advance(31 * day);
  CHECK(runs == 1);
  land.store.clock.advance(-31 * day);
  CHECK(land.settle() == at("2026-03-03T12:00:00Z"));  // that of the 2nd was run in the leap
  for (int i = 0; i < 3; ++i) land.advance(day);
  CHECK(runs == 3);
}

TEST_CASE("a run that was begun before a kill is no second occurrence") {
  int runs = 0;
  Jobland land{GENERATE(from_range(test::engines())),
               [&](JobRunner& jobs) { jobs.add(simple("daily", "0 12 * * *", [&] { ++runs; })); }};
  land.settle();
  land.store.clock.advance(13 * hour);
  REQUIRE(land.pass().more);  // begun, and nothing done of it
  CHECK(runs == 0);
  land.restart();
  land.settle();
  land.steady += 1h;  // on a shared database the one before may live: its lease has to end
  land.settle();
  CHECK(runs == 1);
  CHECK(land.outcomes("daily") == std::vector<std::string>{"SUCCEEDED"});
}

TEST_CASE("a schedule or a zone that was changed is planned anew, and one that is off never runs") {
  int runs = 0;
  std::string schedule = "0 12 * * *";
  Jobland land{GENERATE(from_range(test::engines())),
               [&](JobRunner& jobs) { jobs.add(simple("daily", schedule, [&] { ++runs; })); }};
  CHECK(land.settle() == at("2026-03-02T12:00:00Z"));
  schedule = "0 18 * * *";
  land.restart();
  CHECK(land.settle() == at("2026-03-02T18:00:00Z"));
  schedule = "";
  land.restart();
  CHECK_FALSE(land.settle());
  land.advance(40 * day);
  CHECK(runs == 0);
  CHECK_FALSE(land.view("daily").next_run);
  REQUIRE(land.ask("daily"));
  land.settle();
  CHECK(runs == 1);
}

TEST_CASE("a schedule is read by the clocks of its zone, also where they change") {
  std::vector<std::string> times;
  Jobland* site = nullptr;
  Jobland land{
      GENERATE(from_range(test::engines())),
      [&](JobRunner& jobs) {
        jobs.add(simple("nightly", "30 2 * * *", [&] { times.push_back(to_rfc3339(site->store.clock.now())); }));
      },
      TimeZone::find("America/New_York").value()};
  site = &land;
  land.store.clock.set(at("2026-03-07T07:00:00Z"));
  land.settle();
  for (int i = 0; i < 6 * 24; ++i) land.advance(30min);
  CHECK(times == std::vector<std::string>{"2026-03-07T07:30:00.000Z", "2026-03-08T07:00:00.000Z",
                                          "2026-03-09T06:30:00.000Z", "2026-03-10T06:30:00.000Z"});
  CHECK(land.view("nightly").time_zone.name() == "America/New_York");
}

TEST_CASE("a job whose name is taken, or that does nothing, is refused while wiring") {
  Jobland land{Engine::sqlite, [](JobRunner& jobs) { jobs.add(simple("one", "@daily", [] {})); }};
  CHECK_THROWS_AS(land.server->runner.add(simple("one", "@daily", [] {})), std::logic_error);
  CHECK_THROWS_AS(land.server->runner.add({.name = "two", .schedule = {}, .pass = {}}), std::logic_error);
}
