// Metrics over HTTP: counts that move as they should, on each engine; and sets of labels that nobody outside enlarges.
#include <catch2/catch.hpp>
#include <cctype>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include "guerdon/bus.hpp"
#include "guerdon/metrics.hpp"
#include "guerdon/platform.hpp"
#include "integration/telemetry/watched.hpp"
#include "support/paths.hpp"
#include "support/raw_client.hpp"

namespace guerdon::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("Metrics are told on the operators' port only, to anyone there") {
  const Watched watched;
  testing::Client operators{watched.server->app().admin_port()};
  const auto page = operators.send(testing::json_call("GET", "/metrics", {}));
  CHECK(page.status == 200);
  CHECK(page.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(watched.server->get("/metrics").status == 404);
  CHECK(operators.send(testing::json_call("POST", "/metrics", {})).status == 405);
  const auto head = RawClient{watched.server->app().admin_port()}.send(request("HEAD", "/metrics")).receive(true);
  CHECK(head.status == 200);
}

TEST_CASE("Requests are counted by pattern, method and class of status, on each engine") {
  Watched watched{GENERATE(from_range(engines()))};
  const auto admin = watched.server->make_admin();
  const auto before = watched.scrape();
  for (int i = 0; i < 3; ++i) CHECK(watched.server->get("/api/events/evt_" + std::to_string(i), admin).status >= 400);
  CHECK(watched.server->get("/api/events", admin).status == 200);
  const auto after = watched.scrape();
  const std::string one = R"({method="GET",route="/api/events/{id}"})";
  CHECK(after.get("http_requests_total{method=\"GET\",route=\"/api/events/{id}\",status=\"4xx\"}") == 3);
  CHECK(after.get("http_requests_total{method=\"GET\",route=\"/api/events\",status=\"2xx\"}") == 1);
  CHECK(after.get("http_request_duration_seconds_count" + one) == 3);
  CHECK(after.get("http_request_duration_seconds_bucket{method=\"GET\",route=\"/api/events/{id}\",le=\"+Inf\"}") == 3);
  CHECK_FALSE(before.find("http_request_duration_seconds_count" + one).has_value());
}

TEST_CASE("Log-ins and their refusals are counted by reason, on each engine") {
  Watched watched{GENERATE(from_range(engines()))};
  watched.server->register_user("bob");
  const auto before = watched.scrape();
  CHECK(before.get("auth_logins_total") == 0);
  CHECK(before.get("auth_login_failures_total{reason=\"BAD_CREDENTIALS\"}") == 0);
  CHECK(before.get("auth_login_failures_total{reason=\"ACCOUNT_SUSPENDED\"}") == 0);
  watched.server->login("bob");
  for (int i = 0; i < 2; ++i) CHECK(watched.log_in("bob", "not the password").status == 401);
  CHECK(watched.log_in("nobody", "not the password").status == 401);
  for (int i = 0; i < 3; ++i) static_cast<void>(watched.log_in("bob", "not the password"));
  CHECK(watched.log_in("bob", "not the password").status == 429);
  const auto after = watched.scrape();
  CHECK(after.get("auth_logins_total") == 1);
  CHECK(after.get("auth_login_failures_total{reason=\"BAD_CREDENTIALS\"}") == 6);
  CHECK(after.get("auth_lockouts_total") == 1);
  CHECK(after.get("http_problems_total{code=\"too-many-attempts\"}") >= 1);
  CHECK(after.get("http_problems_total{code=\"bad-credentials\"}") >= 3);
}

TEST_CASE("Grants are counted by type, commits and messages as they happen, on each engine") {
  Watched watched{GENERATE(from_range(engines()))};
  auto& server = *watched.server;
  const auto admin = server.make_admin();
  const auto event = server
                         .post("/api/events",
                               {{"name", "A day with us"},
                                {"conditionType", "CONSECUTIVE_LOGIN"},
                                {"conditionParams", {{"days", 1}}},
                                {"startAt", to_rfc3339(server.clock().now())}},
                               admin)
                         .text("/id");
  // A member that only looks like the message's own.
  const json::value reward{{"type", "POINT"}, {"metadata", {{"amount", 5}, {"rewardType", "BADGE"}}}};
  REQUIRE(server.post("/api/events/" + event + "/rewards", reward, admin).status == 201);
  server.settle();
  const auto before = watched.scrape();
  server.register_user("bob");
  server.login("bob");
  server.settle();
  const auto after = watched.scrape();
  const auto grew = [&](const std::string& series) { return after.get(series) - before.get(series); };
  CHECK(grew("reward_grants_total{type=\"POINT\"}") == 1);
  CHECK(after.get("reward_grants_total{type=\"BADGE\"}") == 0);
  CHECK(grew("reward_requests_approved_total") == 1);
  CHECK(grew("bus_messages_published_total{topic=\"reward.grants\",type=\"RewardGranted\"}") == 1);
  CHECK(after.get("bus_messages_published_total{topic=\"other\",type=\"other\"}") == 0);
  CHECK(after.get("store_commits_total") > before.get("store_commits_total"));
  CHECK(after.get("store_commit_duration_seconds_count") > before.get("store_commit_duration_seconds_count"));
  CHECK(after.get("store_commit_commands_sum") >= after.get("store_commit_commands_count"));
}

TEST_CASE("A consumer's lag, what it parks and what it gives up come from the rows, on each engine") {
  std::atomic<bool> fails{true};
  Watched watched{GENERATE(from_range(engines())), {}, [&](Platform& platform) {
                    platform.bus.add("test.failing", "user.login", "",
                                     [&](Tx&, const Delivery&) -> Result<void> {
                                       return fails ? Result<void>{Error{problems::unavailable, "on purpose"}}
                                                    : Result<void>{};
                                     },
                                     {.max_attempts = 2});
                  }};
  watched.server->register_user("bob");
  CHECK(watched.scrape().get("bus_parked_messages{consumer=\"test.failing\"}") == 0);
  watched.server->login("bob");
  const auto parked = watched.later_scrape();  // after one attempt or two
  const auto waiting = parked.get("bus_parked_messages{consumer=\"test.failing\"}");
  const auto given_up = parked.get("bus_dead_letters{consumer=\"test.failing\"}");
  CHECK(waiting + given_up == 1);
  CHECK(watched.later_scrape().get("bus_dead_letters{consumer=\"test.failing\"}") == 1);
  const auto page = watched.later_scrape();
  CHECK(page.get("bus_parked_messages{consumer=\"test.failing\"}") == 0);
  CHECK(page.get("bus_consumer_lag_messages{consumer=\"test.failing\"}") == 0);
  CHECK(page.get("bus_consumer_lag_seconds{consumer=\"test.failing\"}") == 0);
  CHECK(page.get("telemetry_rows_readable") == 1);
  CHECK(page.get("saga_oldest_unfinished_seconds") == 0);
}

TEST_CASE("Values that come from rows are read once in five seconds at most") {
  std::atomic<int> readings{0};
  Watched watched{Engine::sqlite, {}, [&](Platform& platform) {
                    platform.metrics.add_rows(
                        [&](Snapshot&, MetricSheet& sheet) { sheet.gauge("test_readings", "How often.", ++readings); });
                  }};
  for (int i = 0; i < 5; ++i) CHECK(watched.scrape().get("test_readings") == 1);
  watched.server->clock().advance(4999ms);
  CHECK(watched.scrape().get("test_readings") == 1);
  watched.server->clock().advance(1ms);
  CHECK(watched.scrape().get("test_readings") == 2);
}

TEST_CASE("While the rows can't be read the rest is told all the same") {
  std::atomic<bool> fails{true};
  Watched watched{Engine::sqlite, {}, [&](Platform& platform) {
                    platform.metrics.add_rows([&](Snapshot& snapshot, MetricSheet& sheet) {
                      sheet.gauge("test_half", "Told before it failed.", 1);
                      if (fails) throw StoreError{StoreError::Kind::unavailable, "on purpose"};
                      static_cast<void>(snapshot);
                    });
                  }};
  const auto without = watched.scrape();
  CHECK(without.get("telemetry_rows_readable") == 0);
  CHECK_FALSE(without.find("test_half").has_value());
  CHECK(without.get("store_commits_total") > 0);
  fails = false;
  const auto with = watched.scrape();
  CHECK(with.get("telemetry_rows_readable") == 1);
  CHECK(with.get("test_half") == 1);
}

TEST_CASE("Hostile paths, methods, names and tokens make no label") {
  Watched watched;
  auto& server = *watched.server;
  const auto all_as_hostile = [&](const std::string& seed) {
    for (int i = 0; i < 20; ++i) {
      const auto word = seed + std::to_string(i);
      server.get("/" + word);
      server.get("/api/events/" + word);
      server.get("/api/events/" + word + "/progress", word);
      server.get("/api/auth/duplicate/" + word);
      server.post("/api/" + word, {{word, word}});
      watched.log_in(word, word + " as a password");
      RawClient{server.port()}.ask("BREW" + std::to_string(i) + " /" + word + " HTTP/1.1\r\nHost: " + word +
                                   "\r\n\r\n");
    }
  };
  all_as_hostile("primus");
  const auto before = watched.later_scrape().series();
  all_as_hostile("secundus");
  const auto after = watched.later_scrape();
  CHECK(after.series() == before);
  CHECK(after.text().find("secundus") == std::string::npos);
  CHECK(after.text().find("BREW") == std::string::npos);
}

TEST_CASE("Connections are told by what they wait for") {
  const Watched watched;
  RawClient idle{watched.server->port()}, half{watched.server->port()};
  CHECK(idle.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").status == 200);
  CHECK(half.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").status == 200);
  half.send("GET /healthz HT");
  const auto count = [](const Scrape& page, const std::string& listener, const std::string& state) {
    return page.get("http_connections{listener=\"" + listener + "\",state=\"" + state + "\"}");
  };
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (count(watched.scrape(), "api", "header") != 1 && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  const auto page = watched.scrape();
  CHECK(count(page, "api", "header") == 1);
  CHECK(count(page, "api", "idle") >= 1);
  CHECK(count(page, "admin", "handler") == 1);  // the one that asks
}

TEST_CASE("What comes too often is counted by its limit") {
  Watched watched{Engine::sqlite, [](Config& config) {
                    config.limits.enabled = true;
                    config.limits.name_checks = Allowance{.times = 2, .window = std::chrono::minutes{1}};
                  }};
  int refused = 0;
  for (int i = 0; i < 4; ++i) refused += watched.server->get("/api/auth/duplicate/bob").status == 429 ? 1 : 0;
  const auto page = watched.scrape();
  CHECK(refused > 0);
  CHECK(page.get("http_rate_limited_total{policy=\"nameChecks\"}") == refused);
  CHECK(page.get("http_rate_limited_total{policy=\"writes\"}") == 0);
  CHECK(page.get("http_problems_total{code=\"too-many-requests\"}") == refused);
}

TEST_CASE("Scrapes at the same time as each other and as writers are whole, and no counter goes down, on each engine") {
  Watched watched{GENERATE(from_range(engines()))};
  const auto admin = watched.server->make_admin();
  const auto port = watched.server->port();
  std::atomic<bool> done{false};
  std::atomic<int> written{0}, torn{0}, down{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&, i] {
      testing::Client client{port};
      for (int n = 0; n < 40; ++n) {
        const auto answer =
            client.send(testing::json_call("POST", "/api/events",
                                           {{"name", "Event " + std::to_string(i) + " " + std::to_string(n)},
                                            {"conditionType", "LOGIN_COUNT"},
                                            {"conditionParams", {{"count", 3}}},
                                            {"startAt", "2026-03-02T09:00:00Z"}},
                                           admin));
        if (answer.status == 201) ++written;
      }
    });
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      double last = 0;
      while (!done) {
        const auto page = watched.scrape();
        if (!page.text().ends_with("\n") || !page.find("telemetry_rows_readable")) ++torn;
        const double now = page.get("store_commits_total");
        if (now < last) ++down;
        last = now;
      }
    });
  threads[0].join();
  threads[1].join();
  done = true;
  for (std::size_t i = 2; i < threads.size(); ++i) threads[i].join();
  CHECK(torn == 0);
  CHECK(down == 0);
  CHECK(written == 80);
  CHECK(watched.scrape().get("http_requests_total{method=\"POST\",route=\"/api/events\",status=\"2xx\"}") == written);
}

TEST_CASE("The process is told about under the usual names") {
  const Watched watched;
  const auto page = watched.scrape();
  CHECK(page.get("process_resident_memory_bytes") > 1e6);
  CHECK(page.get("process_virtual_memory_bytes") >= page.get("process_resident_memory_bytes"));
  CHECK(page.get("process_anonymous_memory_bytes") > 0);
  CHECK(page.get("process_open_fds") > 3);
  CHECK(page.get("process_max_fds") >= page.get("process_open_fds"));
  CHECK(page.get("process_cpu_seconds_total") > 0);
  CHECK(page.get("process_threads") > 2);
  const auto began = page.get("process_start_time_seconds");
  const auto now = static_cast<double>(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
  CHECK(began > now - 24 * 3600.0);
  CHECK(began <= now + 2);
  CHECK(page.get("pool_threads{pool=\"hash\"}") == 1);
  CHECK(page.get("pool_queue_length{pool=\"hash\"}") == 0);
  CHECK(page.get("store_queue_length") >= 0);
}

TEST_CASE("The page for operators names every metric, and none that does not exist") {
  Watched watched{Engine::sqlite, [](Config& config) {
                    config.limits.enabled = true;
                    config.redis.host = Text<0, 253>::parse("127.0.0.1").value();
                    config.redis.port = Bounded<1, 65'535>::make(1).value();             // nobody is there
                    config.kafka.brokers = Text<0, 4000>::parse("127.0.0.1:1").value();  // nor there
                    config.kafka.activities_topic = KafkaTopic::parse("shop.activities").value();
                  }};
  auto& server = *watched.server;
  server.get("/nothing");
  const auto admin = server.make_admin();
  CHECK(server.post("/api/admin/jobs/prune-sessions/run", {}, admin).status == 202);
  CHECK(server.post("/api/admin/feed/user.login/commit", {{"consumer", "billing"}, {"reset", true}}, admin).status ==
        200);
  CHECK(watched.scrape().get("redis_up") == 0);
  const auto told = watched.later_scrape().names();
  std::ostringstream text;
  text << std::ifstream{std::string{source_dir()} + "/docs/metrics.md"}.rdbuf();
  std::set<std::string> documented;
  std::istringstream lines{text.str()};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `") || std::isupper(static_cast<unsigned char>(line[3])) != 0) continue;  // an alert
    const auto cell = line.substr(3, line.find(" |", 3) - 3);
    documented.insert(cell.substr(0, cell.find_first_of("{`")));
  }
  for (const auto& name : told) {
    INFO(name << " is not in docs/metrics.md");
    CHECK(documented.contains(name));
  }
  for (const auto& name : documented) {
    INFO(name << " is in docs/metrics.md only");
    CHECK((told.contains(name) || name == "saga_sagas"));
  }
}

}  // namespace
}  // namespace guerdon::test
