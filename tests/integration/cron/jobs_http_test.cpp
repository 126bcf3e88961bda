// Jobs of a whole server: the API of administrators, the server's own jobs, time that passes by the test's clock and by
// the sandbox's.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <map>

#include "guerdon/jobs.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/result.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;
using testing::Server;

namespace {

const std::string route = "/api/admin/jobs";

/// A server on either engine.
class Site {
 public:
  using Configure = std::function<void(Config&)>;

  explicit Site(Engine engine, Configure configure = {}, std::function<void(Platform&)> extend = {})
      : place_(engine), server(options(std::move(configure), std::move(extend))), admin(server.make_admin()) {
    server.settle();  // every job knows when its first time is
  }

  /// What the list says of a job.
  json::object job(std::string_view name) {
    const auto answer = server.get(route, token());
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    const auto body = answer.json();
    for (const auto& item : body.at("items").as_array())
      if (item.at("name").as_string() == json::string_view{name.data(), name.size()}) return item.as_object();
    FAIL("there is no job " << name);
    return {};
  }
  /// A token that has not expired.
  std::string token() {
    if (server.get("/api/auth/info", admin).status == 401) admin = server.login("admin");
    return admin;
  }
  std::int64_t count(Sql sql) {
    return server.database().read([&](Snapshot& snapshot) { return snapshot.get<std::int64_t>(sql); });
  }
  void execute(Sql sql) {
    REQUIRE(server.database().write([&](Tx& tx) -> Result<std::int64_t> { return tx.exec(sql); }));
  }

 private:
  testing::ServerOptions options(Configure configure, std::function<void(Platform&)> extend) {
    testing::ServerOptions options;
    options.configure = [this, configure = std::move(configure)](Config& config) {
      config.database.url = *DatabaseUrl::parse(place_.url());
      if (configure) configure(config);
    };
    options.extend = std::move(extend);
    options.data_folder = folder_.path().string();
    return options;
  }

  test::DatabasePlace place_;
  test::TempFolder folder_;

 public:
  Server server;
  std::string admin;
};

Site::Configure with(CronSchedule JobsConfig::* schedule, std::string_view text) {
  return [schedule, text](Config& config) { config.jobs.*schedule = CronSchedule::parse(text).value(); };
}

}  // namespace

TEST_CASE("the jobs of a server are listed by name, with their schedules and what came of them") {
  Site site{GENERATE(from_range(test::engines()))};
  const auto fresh = site.job("prune-sessions");
  CHECK(fresh.at("schedule") == "30 3 * * *");
  CHECK(fresh.at("timeZone") == "UTC");
  CHECK(fresh.at("lastRun").is_null());
  CHECK(fresh.at("lastResult").is_null());
  CHECK(fresh.at("nextRun") == "2026-03-03T03:30:00.000Z");
  CHECK(fresh.at("running") == false);
  site.server.advance(24h);
  const auto later = site.job("prune-sessions");
  CHECK(later.at("lastRun") == "2026-03-03T09:00:00.000Z");
  CHECK(later.at("lastResult") == "SUCCEEDED");
  CHECK(later.at("lastDurationMs") == 0);
  CHECK(later.at("lastCounts") == json::value{{"rows", 0}});
  CHECK(later.at("nextRun") == "2026-03-04T03:30:00.000Z");
}

TEST_CASE("the list of jobs comes in pages too") {
  Site site{Engine::sqlite};
  std::vector<std::string> names;
  std::string cursor;
  do {
    const auto page = site.server.get(route + "?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor), site.admin);
    REQUIRE(page.status == 200);
    const auto body = page.json();
    CHECK(body.at("items").as_array().size() <= 2);
    for (const auto& item : body.at("items").as_array()) names.emplace_back(item.at("name").as_string());
    cursor = body.at("nextCursor").is_null() ? "" : std::string{body.at("nextCursor").as_string()};
  } while (!cursor.empty());
  CHECK(names.size() >= 6);
  CHECK(std::ranges::is_sorted(names));
  CHECK(std::ranges::adjacent_find(names) == names.end());
  CHECK(site.server.get(route + "?cursor=nonsense", site.admin).status == 400);
}

TEST_CASE("an administrator has a job run now, which is audited") {
  Site site{GENERATE(from_range(test::engines()))};
  const auto answer = site.server.post(route + "/prune-outbox/run", {}, site.admin);
  CHECK(answer.status == 202);
  CHECK(answer.body == R"({"result":"ACCEPTED"})");
  site.server.settle();
  CHECK(site.job("prune-outbox").at("lastResult") == "SUCCEEDED");
  const auto audit = site.server.get("/api/admin/audit?action=job.run-asked-for", site.admin);
  CHECK(audit.text("/items/0/subjectId") == "prune-outbox");
  CHECK(audit.at("/items/0/details") == json::value{{"confirm", false}});
  CHECK(site.server.post(route + "/unheard-of/run", {}, site.admin).status == 404);
  CHECK(site.server.post(route + "/prune-outbox/run", {{"confrim", true}}, site.admin).status == 400);
}

TEST_CASE("a job that is running already is a conflict") {
  std::atomic<bool> goes_on{true};
  std::atomic<bool> was_confirmed{false};
  Site site{Engine::sqlite, {}, [&](Platform& platform) {
              platform.jobs.add({.name = "lasting", .schedule = {}, .pass = [&](Tx&, JobRun& run) -> Result<JobPass> {
                                   was_confirmed = run.confirmed;
                                   return goes_on ? JobPass::more : JobPass::done;
                                 }});
            }};
  CHECK(site.job("lasting").at("schedule") == "");
  CHECK(site.job("lasting").at("nextRun").is_null());
  REQUIRE(site.server.post(route + "/lasting/run", {{"confirm", true}}, site.admin).status == 202);
  const auto second = site.server.post(route + "/lasting/run", {}, site.admin);
  CHECK(second.status == 409);
  CHECK(second.text("/code") == "job-running");
  goes_on = false;
  site.server.settle();
  CHECK(was_confirmed);
  CHECK(site.job("lasting").at("running") == false);
  CHECK(site.server.post(route + "/lasting/run", {}, site.admin).status == 202);
}

TEST_CASE("through thirty days of a server each job runs at its times") {
  Site site{GENERATE(from_range(test::engines())), with(&JobsConfig::self_check, "0 */6 * * *")};
  for (int i = 0; i < 30 * 6; ++i) site.server.advance(4h);
  std::map<std::string, std::int64_t> runs;
  site.server.database().read([&](Snapshot& snapshot) {
    snapshot.visit("SELECT name, runs FROM jobs", [&](const Row& row) { runs.emplace(row.text(0), row.integer(1)); });
  });
  CHECK(runs.at("prune-sessions") == 30);
  CHECK(runs.at("prune-password-resets") == 30);
  CHECK(runs.at("self-check") == 30 * 4);
  CHECK(runs.at("prune-outbox") == 30 * 6);  // those that were missed in four hours are made up once
  CHECK(site.count("SELECT count(*) FROM job_runs WHERE finished_at IS NULL OR outcome <> 'SUCCEEDED'") == 0);
}

TEST_CASE("the sandbox's clock answers when the jobs that fell due are done, the self-check too") {
  Site site{GENERATE(from_range(test::engines())), [](Config& config) {
              config.sandbox.clock = true;
              config.jobs.self_check = CronSchedule::parse("@daily").value();
            }};
  for (int i = 1; i <= 3; ++i) {
    REQUIRE(site.server.post("/api/admin/clock", {{"advance", "P1D"}}, site.token()).status == 200);
    CHECK(site.count("SELECT runs FROM jobs WHERE name = 'prune-sessions'") == i);
    CHECK(site.count("SELECT count(*) FROM job_runs WHERE job = 'self-check' AND outcome = 'SUCCEEDED'") == i);
  }
}

TEST_CASE("the server asks itself what must hold, and shows what does not") {
  Site site{GENERATE(from_range(test::engines())), [](Config& config) {
              config.jobs.self_check = CronSchedule::parse("*/10 * * * *").value();
              config.auth.access_token_ttl.value = 24h;  // nobody can log in to a log that is broken
            }};
  site.server.advance(10min);
  const auto well = site.job("self-check");
  CHECK(well.at("lastResult") == "SUCCEEDED");
  CHECK(well.at("lastCounts").at("checked").to_number<int>() > 10);
  CHECK(well.at("lastCounts").at("skipped") == 0);
  site.execute("UPDATE outbox_head SET next = 1");
  site.server.advance(5min);
  CHECK(site.job("self-check").at("lastResult") == "SUCCEEDED");
  site.server.advance(5min);
  const auto ill = site.job("self-check");
  CHECK(ill.at("lastResult") == "FAILED");
  CHECK(ill.at("lastError").as_string().starts_with("I21: The log of messages has no gap"));
  CHECK(ill.at("lastCounts").at("broken").to_number<int>() >= 1);
}

TEST_CASE("what means nothing any more is removed: sessions, password resets, failed log-ins, kept answers, messages") {
  Site site{GENERATE(from_range(test::engines()))};
  auto& server = site.server;
  const auto bob = server.register_user("bob");
  server.login("bob");
  REQUIRE(server.post("/api/users/" + bob + "/password-reset", {}, site.admin).status == 201);
  CHECK(server.post("/api/auth/login", {{"username", "nobody"}, {"password", "not the one it is"}}).status == 401);
  auto keyed = testing::json_call("PUT", "/api/auth/info", {{"profile", {{"city", "Seoul"}}}}, server.login("bob"));
  keyed.headers.emplace_back("Idempotency-Key", "once");
  REQUIRE(server.send(keyed).status == 200);
  CHECK(site.count("SELECT count(*) FROM auth_sessions") == 2);
  CHECK(site.count("SELECT count(*) FROM auth_password_resets") == 1);
  CHECK(site.count("SELECT count(*) FROM idempotency_keys") == 1);
  CHECK(site.count("SELECT count(*) FROM auth_throttle") == 1);
  CHECK(site.count("SELECT count(*) FROM outbox") > 0);

  server.advance(1min);
  CHECK(site.count("SELECT count(*) FROM idempotency_keys") == 0);
  server.advance(24h);
  CHECK(site.count("SELECT count(*) FROM auth_password_resets") == 0);
  CHECK(site.count("SELECT count(*) FROM auth_sessions") == 2);
  CHECK(site.count("SELECT count(*) FROM outbox") > 0);
  server.advance(6 * 24h);  // the sessions have expired
  CHECK(site.count("SELECT count(*) FROM auth_sessions") == 2);
  server.advance(24h);
  server.advance(24h);
  CHECK(site.count("SELECT count(*) FROM auth_sessions") == 0);
  CHECK(site.count("SELECT count(*) FROM outbox") == 0);
  CHECK(site.count("SELECT count(*) FROM auth_throttle") == 0);
}

TEST_CASE("a thousand expired sessions among living ones go in chunks") {
  Site site{GENERATE(from_range(test::engines()))};
  const auto made = site.server.database().write([](Tx& tx) -> Result<void> {
    for (int i = 0; i < 1500; ++i) {
      const auto user = tx.new_id<UserId>();
      const auto name = "user" + std::to_string(i);
      tx.exec(
          "INSERT INTO auth_users (id, username, username_key, email, email_key, password_hash, password_version, "
          "roles,"
          " status, version, profile, invite_code, created_at, updated_at)"
          " VALUES ($1, $2, $2, $2, $2, '', 1, 1, 'ACTIVE', 1, $4, $2, $3, $3)",
          user, name, tx.now(), json::object{});
      const auto end = i % 3 == 0 ? tx.now() + 100h : tx.now() - 100h;
      tx.exec(
          "INSERT INTO auth_sessions (user_id, session_id, refresh_counter, refreshed_at, created_at, expires_at)"
          " VALUES ($1, $2, 0, $3, $3, $4)",
          user, tx.new_id<SessionId>(), tx.now(), end);
    }
    return {};
  });
  REQUIRE(made);
  REQUIRE(site.server.post(route + "/prune-sessions/run", {}, site.admin).status == 202);
  site.server.settle();
  CHECK(site.count("SELECT count(*) FROM auth_sessions") == 501);
  CHECK(site.job("prune-sessions").at("lastCounts") == json::value{{"rows", 1000}});
}

TEST_CASE("a server that was down makes up once for what it missed, and goes on with what it had begun") {
  const test::TempFolder folder;
  int passes = 0;
  const auto options = [&](Instant now) {
    testing::ServerOptions made;
    made.now = now;
    made.configure = [&](Config& config) { config.database.url = *DatabaseUrl::parse("sqlite:" + (folder / "g.db")); };
    made.extend = [&](Platform& platform) {
      platform.jobs.add({.name = "test-daily",
                         .schedule = CronSchedule::parse("@daily").value(),
                         .pass = [&](Tx&, JobRun&) -> Result<JobPass> { return ++passes, JobPass::done; }});
    };
    return made;
  };
  {
    Server server{options(testing::FakeClock::start)};
    server.settle();
  }
  REQUIRE(passes == 0);
  Server server{options(testing::FakeClock::start + 10 * 24h)};
  server.settle();
  CHECK(passes == 1);
  server.advance(24h);
  CHECK(passes == 2);
}
