// The real binary under parallel clients and a stream of activities is killed again and again, while the broker and
// Redis fail in a random order. When all is well again, Kafka has every message of the log in order per key and nothing
// else, and every activity counts once. GUERDON_CHAOS_SEED=n repeats a run.
#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <random>
#include <thread>

#include "crash_clients.hpp"
#include "support/live_server.hpp"
#include "support/raw_rows.hpp"
#include "support/redis_server.hpp"
#include "support/relay_site.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using crash::Clients;
using crash::Told;

namespace {

constexpr int rounds = 10;
constexpr int activities_a_round = 30;
const std::string activities = "shop.activities";

unsigned chosen_seed() {
  const char* const text = std::getenv("GUERDON_CHAOS_SEED");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text == nullptr ? std::random_device{}() : static_cast<unsigned>(std::stoul(text));
}

std::vector<std::string> settings(const MockKafka& cluster, const RedisServer& redis, const std::string& group) {
  auto all = hurried_settings(cluster, activities, group);
  all.insert(all.end(), {"idempotency.window=1h",  // a repeat must still be known as one when the machine is slow
                         "redis.host=127.0.0.1", "redis.port=" + std::to_string(redis.port())});
  return all;
}

json::value credentials(const std::string& name) {
  return {{"username", name}, {"email", name + "@example.com"}, {"password", crash::password}};
}

/// The broker's and Redis's troubles: each begins and ends.
class Faults {
 public:
  Faults(MockKafka& cluster, RedisServer& redis, std::mt19937& random)
      : cluster_(cluster), redis_(redis), random_(random) {}

  void begin() {
    switch (random_() % 3) {
      case 0:
        cluster_.down();
        break;
      case 1:
        cluster_.down(1);
        break;
      default:
        cluster_.refuse_topic(refused, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION);
    }
    switch (random_() % 3) {
      case 0:
        redis_.pause();
        break;
      case 1:
        redis_.run({"FLUSHALL"});
        break;
      default:
        redis_.kill();
        is_killed_ = true;
    }
  }
  void end() {
    cluster_.up();
    cluster_.refuse_topic(refused, RD_KAFKA_RESP_ERR_NO_ERROR);
    if (std::exchange(is_killed_, false)) return redis_.start();
    redis_.resume();
  }

 private:
  static constexpr const char* refused = "user.login";
  MockKafka& cluster_;
  RedisServer& redis_;
  std::mt19937& random_;
  bool is_killed_ = false;
};

std::string create_event(LiveServer& server, const std::string& admin) {
  const auto event = server.post("/api/events",
                                 {{"name", "One day"},
                                  {"conditionType", "CONSECUTIVE_LOGIN"},
                                  {"conditionParams", {{"days", 1}}},
                                  {"startAt", "2026-01-01T00:00:00Z"}},
                                 admin);
  REQUIRE(event.status == 201);
  const auto id = event.text("/id");
  const auto reward = server.post("/api/events/" + id + "/rewards",
                                  {{"type", "POINT"}, {"metadata", {{"amount", 7}}}, {"quantity", 1'000'000}}, admin);
  REQUIRE(reward.status == 201);
  return id;
}

std::string log_in_admin(LiveServer& server) {
  const auto login = server.post("/api/auth/login", {{"username", "root"}, {"password", crash::password}});
  REQUIRE(login.status == 200);
  return login.text("/accessToken");
}

void repeat_unanswered(LiveServer& server, Told& told) {
  for (const auto& attempt : std::exchange(told.unanswered, {}))
    told.note(attempt, crash::carry_out(server.client, attempt));
}

bool comes_true(const std::function<bool()>& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + 90s;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

std::size_t rows(const TempFolder& folder, const std::string& sql) {
  return RawRows{folder / "data/guerdon.db"}.texts(sql).size();
}

bool is_relayed(const TempFolder& folder) {
  return rows(folder,
              "SELECT o.position FROM outbox o JOIN consumer_offsets c ON c.consumer = 'kafka.' || o.topic "
              "AND c.partition = o.partition WHERE o.position > c.position") == 0;
}

/// With it the background has nothing left to tell.
bool is_everybody_paid(LiveServer& server, const std::string& admin, const Told& told) {
  return std::all_of(told.logged_in.begin(), told.logged_in.end(), [&](const std::string& user) {
    return server.get("/api/wallet?userId=" + user, admin).at("/points").to_number<int>() == 7;
  });
}

void check_in_kafka(const TempFolder& folder, const MockKafka& cluster) {
  // Those that are relayed: what is internal stays in the log.
  const auto topics = RawRows{folder / "data/guerdon.db"}.texts(
      "SELECT DISTINCT o.topic FROM outbox o JOIN consumer_offsets c ON c.consumer = 'kafka.' || o.topic");
  REQUIRE(topics.size() > 3);
  KafkaReader reader{cluster.brokers(), topics};
  SystemClock clock;
  const auto random = system_random();
  IdSource ids{*random};
  store::DatabaseOptions options;
  options.url = "sqlite:" + (folder / "data/guerdon.db");
  options.clock = &clock;
  options.ids = &ids;
  const auto database = store::open_database(options);
  check_delivered(*database, reader);
}

}  // namespace

TEST_CASE("whatever fails in whatever order, in the end all is in Kafka, in order, and each activity counts once",
          "[long]") {
  const TempFolder folder;
  MockKafka cluster{2};
  cluster.make_topic(activities, 2);
  RedisServer redis;
  auto make_admin = settings_for(folder);
  for (const auto* word : {"admin", "create", "--username", "root", "--email", "root@example.com"})
    make_admin.emplace_back(word);
  REQUIRE(run_guerdon({.arguments = make_admin, .input = crash::password + "\n"}).code == 0);

  const auto seed = chosen_seed();
  INFO("GUERDON_CHAOS_SEED=" << seed);
  std::mt19937 random{seed};
  Faults faults{cluster, redis, random};
  Told told;
  std::string event, user;
  std::size_t sent = 0;
  for (int round = 0; round < rounds; ++round) {
    INFO("round " << round);
    LiveServer server{folder, settings(cluster, redis, "round" + std::to_string(round))};
    if (event.empty()) {
      event = create_event(server, log_in_admin(server));
      user = server.post("/api/auth/register", credentials("mina")).text("/id");
    }
    repeat_unanswered(server, told);
    if (round % 3 == 1) server.process.wait_for_line(takes_activities);  // else the trouble begins before
    // Without an id of its own, an activity that is taken twice counts twice.
    for (int i = 0; i < activities_a_round; ++i, ++sent)
      cluster.send(
          activities, "k" + std::to_string(i % 5),
          json::serialize(json::value{{"userId", user}, {"type", "purchase"}, {"attributes", {{"amount", 1}}}}));
    Clients running{server.port, "r" + std::to_string(round), event, told};
    CHECK(running.wait_for_an_answer());
    faults.begin();
    running.wait_for_an_end(std::chrono::milliseconds{random() % 1500});
    const bool ends_before = random() % 2 == 0;
    if (ends_before) {
      faults.end();
      running.wait_for_an_end(std::chrono::milliseconds{random() % 1500});
    }
    server.process.signal(SIGKILL);
    server.process.wait();
    for (const auto& end : running.join()) {
      INFO(end);
      CHECK(end.rfind("not ", 0) != 0);
    }
    if (!ends_before) faults.end();
  }

  {
    LiveServer server{folder, settings(cluster, redis, "last")};
    repeat_unanswered(server, told);
    const auto admin = log_in_admin(server);
    const bool are_taken = comes_true([&] { return rows(folder, "SELECT id FROM progress_activities") >= sent; });
    INFO(server.process.errors());
    CHECK(are_taken);
    CHECK(comes_true([&] { return is_everybody_paid(server, admin, told); }));
    CHECK(comes_true([&] { return is_relayed(folder); }));
    server.process.signal(SIGTERM);
    CHECK(server.process.wait().code == 0);
  }
  CHECK(rows(folder, "SELECT id FROM progress_activities") == sent);
  check_in_kafka(folder, cluster);
  auto verify = settings_for(folder);
  verify.emplace_back("verify");
  const auto verified = run_guerdon({.arguments = verify});
  INFO(verified.out << verified.err);
  CHECK(verified.code == 0);
}
