// The page of metrics of a server with everything: a real Redis, a Kafka cluster, a deletion, jobs, activities, log-ins
// of all kinds. What happened is known, so each family is compared with it, and Prometheus' own tool reads the page.
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "base/version.hpp"
#include "guerdon/jobs.hpp"
#include "integration/telemetry/watched.hpp"
#include "support/eventually.hpp"
#include "support/mock_kafka.hpp"
#include "support/promtool.hpp"
#include "support/redis_server.hpp"
#include "support/relay_site.hpp"

namespace guerdon::test {
namespace {

using namespace std::chrono_literals;

const std::string activities = "shop.activities";

struct Helpers {
  Helpers() { cluster.make_topic(activities, 2); }

  void configure(Config& config) const {
    config.redis.host = Text<0, 253>::parse("127.0.0.1").value();
    config.redis.port = Bounded<1, 65'535>::make(redis.port()).value();
    config.redis.timeout.value = 5s;  // a machine may be slow
    config.kafka = kafka_config(cluster.brokers());
    config.kafka.activities_topic = KafkaTopic::trusted(activities);
  }

  RedisServer redis;
  MockKafka cluster;
};

Result<void> fail(Tx&, const Delivery&) { return Error{problems::unavailable, "on purpose"}; }

void extend(Platform& platform) {
  platform.bus.add("test.parking", "user.login", "", fail, {.first_delay = 1h, .max_delay = 1h});
  platform.bus.add("test.burying", "user.login", "", fail, {.max_attempts = 1});
  platform.jobs.add({.name = "test-failing", .schedule = {}, .pass = [](Tx&, JobRun&) -> Result<JobPass> {
                       return Error{problems::unavailable, "on purpose"};
                     }});
}

/// A server on which three users logged in, two of whom earned a reward, and one of those has gone.
struct Shop {
  explicit Shop(Engine engine)
      : watched(engine, [this](Config& config) { helpers.configure(config); }, extend), server(*watched.server) {
    REQUIRE(eventually([&] { return server.get("/readyz").text("/dependencies/redis") == "ok"; }));
    admin = server.make_admin();
    server.clock().advance(1s);  // the administrator's log-in was before the event
    make_event();
    bob = server.register_user("bob");
    server.login("bob");
    leave("mina");
    refuse_log_ins();
    job_ran_at = server.clock().now();
    for (const auto* job : {"prune-sessions", "test-failing"})
      REQUIRE(server.post("/api/admin/jobs/" + std::string{job} + "/run", {}, admin).status == 202);
    REQUIRE(
        server.post("/api/admin/feed/user.login/commit", {{"consumer", "billing"}, {"reset", true}}, admin).status ==
        200);
    helpers.cluster.send(activities, bob, activity());
    helpers.cluster.send(activities, bob, "{ no JSON");
    server.settle();
  }

  void make_event() {
    const auto event = server.post("/api/events",
                                   {{"name", "A day with us"},
                                    {"conditionType", "CONSECUTIVE_LOGIN"},
                                    {"conditionParams", {{"days", 1}}},
                                    {"startAt", to_rfc3339(server.clock().now())}},
                                   admin);
    REQUIRE(event.status == 201);
    const json::value points{{"type", "POINT"}, {"metadata", {{"amount", 5}}}};
    REQUIRE(server.post("/api/events/" + event.text("/id") + "/rewards", points, admin).status == 201);
    server.settle();
  }
  void leave(const std::string& name) {
    server.register_user(name);
    const auto token = server.login(name);
    server.settle();
    REQUIRE(server.del("/api/auth", token).status == 202);
    server.settle();
  }
  void refuse_log_ins() {
    for (int i = 0; i < 2; ++i) REQUIRE(watched.log_in("bob", "not the password").status == 401);
    const auto sam = server.register_user("sam");
    REQUIRE(server.put("/api/users/" + sam + "/status", {{"status", "SUSPENDED"}}, admin).status == 200);
    REQUIRE(watched.log_in("sam", std::string{testing::Server::password}).status >= 400);
  }
  [[nodiscard]] std::string activity() const {
    return json::serialize(
        json::value{{"id", "order-1"}, {"userId", bob}, {"type", "purchase"}, {"attributes", {{"amount", 5}}}});
  }

  /// Waits for a value that comes about outside of the server.
  [[nodiscard]] bool comes_to(const std::string& series, double value) const {
    const auto deadline = std::chrono::steady_clock::now() + 90s;
    while (watched.scrape().find(series) != value) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(5ms);
    }
    return true;
  }
  /// What is acknowledged is stored, too.
  [[nodiscard]] bool all_is_relayed() const {
    return eventually([&] {
      return server.database().read([](Snapshot& snapshot) {
        return snapshot.get<std::int64_t>(
            "SELECT COUNT(*) FROM outbox o JOIN consumer_offsets c ON c.consumer = 'kafka.' || o.topic "
            "AND c.partition = o.partition WHERE o.position > c.position");
      }) == 0;
    });
  }

  Helpers helpers;
  Watched watched;
  testing::Server& server;
  std::string admin, bob;
  Instant job_ran_at;
};

void check_requests(const Scrape& page) {
  const std::string login = R"(method="POST",route="/api/auth/login")";
  CHECK(page.get("http_requests_total{" + login + R"(,status="2xx"})") == 3);
  CHECK(page.get("http_requests_total{" + login + R"(,status="4xx"})") == 3);
  CHECK(page.get("http_request_duration_seconds_count{" + login + "}") == 6);
  CHECK(page.get("http_request_duration_seconds_bucket{" + login + R"(,le="+Inf"})") == 6);
  CHECK(page.get("http_request_duration_seconds_sum{" + login + "}") > 0);
  CHECK(page.get(R"(http_problems_total{code="bad-credentials"})") == 2);
}

void check_store(const Scrape& page) {
  CHECK(page.get("store_commits_total") >= 10);
  CHECK(page.get("store_commands_total") >= page.get("store_commits_total"));
  CHECK(page.get("store_commit_duration_seconds_count") >= 10);
  CHECK(page.get("store_commit_duration_seconds_sum") > 0);
  CHECK(page.get("store_commit_commands_count") >= page.get("store_commit_duration_seconds_count"));
  CHECK(page.get("store_commit_commands_sum") >= page.get("store_commit_commands_count"));
}

void check_messages(const Scrape& page) {
  CHECK(page.get(R"(bus_messages_published_total{topic="user.login",type="UserLoggedIn"})") == 3);
  CHECK(page.get(R"(bus_parked_messages{consumer="test.parking"})") == 3);
  CHECK(page.get(R"(bus_dead_letters{consumer="test.parking"})") == 0);
  CHECK(page.get(R"(bus_dead_letters{consumer="test.burying"})") == 3);
  CHECK(page.get(R"(bus_parked_messages{consumer="test.burying"})") == 0);
  for (const std::string consumer : {"progress.logins", "test.parking", "kafka.user.login", "kafka.auth.events.user"})
    for (const std::string unit : {"messages", "seconds"})
      CHECK(page.get("bus_consumer_lag_" + unit + "{consumer=\"" + consumer + "\"}") == 0);
  CHECK(page.get("bus_feed_readers") == 1);
  CHECK(page.get(R"(bus_feed_reader_lag_messages{topic="user.login",reader="billing"})") == 3);
}

void check_business(const Scrape& page) {
  CHECK(page.get("auth_logins_total") == 3);
  CHECK(page.get(R"(auth_login_failures_total{reason="BAD_CREDENTIALS"})") == 2);
  CHECK(page.get(R"(auth_login_failures_total{reason="ACCOUNT_SUSPENDED"})") == 1);
  CHECK(page.get(R"(reward_grants_total{type="POINT"})") == 2);
  CHECK(page.get(R"(reward_grants_total{type="BADGE"})") == 0);
  CHECK(page.get("reward_requests_approved_total") == 2);
  CHECK(page.get(R"(saga_sagas{type="user-deletion",state="SUCCEEDED"})") == 1);
  CHECK(page.get("saga_oldest_unfinished_seconds") == 0);
}

void check_jobs(const Scrape& page, Instant ran_at) {
  const auto at = std::chrono::duration<double>(ran_at.time_since_epoch()).count();
  CHECK(page.get(R"(cron_job_runs_total{name="prune-sessions",result="SUCCEEDED"})") == 1);
  CHECK(page.get(R"(cron_job_last_result{name="prune-sessions",result="SUCCEEDED"})") == 1);
  CHECK(page.get(R"(cron_job_last_success_timestamp_seconds{name="prune-sessions"})") == at);
  CHECK(page.get(R"(cron_job_next_run_timestamp_seconds{name="prune-sessions"})") > at);
  CHECK(page.get(R"(cron_job_running{name="prune-sessions"})") == 0);
  CHECK(page.get(R"(cron_job_runs_total{name="test-failing",result="FAILED"})") == 1);
  CHECK(page.get(R"(cron_job_last_result{name="test-failing",result="FAILED"})") == 1);
  CHECK_FALSE(page.find(R"(cron_job_last_success_timestamp_seconds{name="test-failing"})").has_value());
}

void check_helpers(const Scrape& page) {
  CHECK(page.get("redis_up") == 1);
  CHECK(page.get(R"(redis_breaker_state{state="closed"})") == 1);
  CHECK(page.get("redis_connections_total") == 1);
  CHECK(page.get(R"(redis_commands_total{outcome="answered"})") > 0);
  CHECK(page.get("redis_command_duration_seconds_count") ==
        page.get(R"(redis_commands_total{outcome="answered"})") + page.get(R"(redis_commands_total{outcome="error"})"));
  CHECK(page.get(R"(kafka_relay_state{state="ok"})") == 1);
  CHECK(page.get(R"(kafka_topic_state{topic="user.login",state="flowing"})") == 1);
  CHECK(page.get(R"(kafka_producer_requests_total{topic="user.login",outcome="acknowledged"})") == 3);
  CHECK(page.get(R"(kafka_producer_requests_total{topic="user.login",outcome="dead"})") == 0);
  CHECK(page.get(R"(kafka_producer_in_flight_messages{topic="user.login"})") == 0);
  CHECK(page.get(R"(kafka_activities_total{outcome="taken"})") == 1);
  CHECK(page.get(R"(kafka_activities_total{outcome="refused"})") == 1);
}

}  // namespace

TEST_CASE("A server with Redis and Kafka tells in its metrics what has happened, and what has happened to them") {
  const auto engine = GENERATE(from_range(engines()));
  Shop shop{engine};
  REQUIRE(shop.comes_to(R"(kafka_activities_total{outcome="refused"})", 1));
  REQUIRE(shop.comes_to(R"(kafka_producer_requests_total{topic="user.login",outcome="acknowledged"})", 3));
  REQUIRE(shop.comes_to(R"(kafka_consumer_lag{topic="shop.activities"})", 0));
  REQUIRE(shop.comes_to(R"(kafka_consumer_partitions{topic="shop.activities"})", 2));
  REQUIRE(shop.comes_to("redis_owed_removals", 0));
  REQUIRE(shop.all_is_relayed());
  for (const std::string queue : {"store_queue_length", R"(pool_queue_length{pool="hash"})"})
    CHECK(shop.comes_to(queue, 0));

  const auto page = shop.watched.later_scrape();
  INFO(page.text());
  check_requests(page);
  check_store(page);
  check_messages(page);
  check_business(page);
  check_jobs(page, shop.job_ran_at);
  check_helpers(page);
  CHECK(page.get("guerdon_build_info{version=\"" + std::string{version} + "\",engine=\"" +
                 (engine == Engine::sqlite ? "sqlite" : "postgres") + "\"}") == 1);
  const auto judged = promtool({"check", "metrics"}, page.text());
  CHECK(judged.code == 0);
  CHECK(judged.out + judged.err == "");

  shop.helpers.cluster.down();
  shop.helpers.redis.kill();
  CHECK(shop.comes_to("redis_up", 0));
  CHECK(shop.comes_to(R"(kafka_relay_state{state="unreachable"})", 1));
  shop.server.register_user("late");
  const auto later = shop.watched.later_scrape();
  CHECK(later.get(R"(bus_consumer_lag_messages{consumer="kafka.auth.events.user"})") == 1);
  CHECK(later.get(R"(bus_consumer_lag_seconds{consumer="kafka.auth.events.user"})") == 10);
  CHECK(later.get(R"(bus_consumer_lag_messages{consumer="kafka.user.login"})") == 0);
}

}  // namespace guerdon::test
