// A whole server with Kafka: what its users do is told, what others say of them counts.
#include <catch2/catch.hpp>
#include <functional>
#include <set>
#include <thread>

#include "guerdon/testing.hpp"
#include "support/mock_kafka.hpp"
#include "support/relay_site.hpp"
#include "support/scrape.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using testing::Server;

namespace {

testing::ServerOptions with_kafka(const MockKafka& cluster, const std::string& activities = {}) {
  testing::ServerOptions options;
  options.configure = [brokers = cluster.brokers(), activities](Config& config) {
    config.kafka = kafka_config(brokers);
    config.kafka.activities_topic = KafkaTopic::trusted(activities);
    config.admin.listen = Endpoint{"127.0.0.1", 0};
  };
  return options;
}

bool comes_true(const std::function<bool()>& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

std::string kafka_state(Server& server) { return server.get("/readyz").text("/dependencies/kafka"); }

struct Shop {
  explicit Shop(const MockKafka& cluster) : server(with_kafka(cluster, "shop.activities")) {}

  std::string activity(const std::string& id, std::int64_t amount) {
    return json::serialize(
        json::value{{"id", id}, {"userId", user}, {"type", "purchase"}, {"attributes", {{"amount", amount}}}});
  }
  std::int64_t progress() {
    server.settle();
    return server.get("/api/events/" + event + "/progress?userId=" + user, admin).at("/progress").as_int64();
  }

  Server server;
  std::string admin = server.make_admin();
  std::string user = server.register_user("mina");
  std::string event = server
                          .post("/api/events",
                                {{"name", "Spend"},
                                 {"conditionType", "PURCHASE"},
                                 {"conditionParams", {{"amount", 1000}}},
                                 {"startAt", "2026-03-01T00:00:00Z"}},
                                admin)
                          .text("/id");
};

}  // namespace

TEST_CASE("what users do is told on the topics of the catalogue, and what is internal stays inside") {
  MockKafka cluster;
  Server server{with_kafka(cluster)};
  server.register_user("mina");
  static_cast<void>(server.login("mina"));
  KafkaReader reader{cluster.brokers(), {"user.login", "auth.events.user", "auth.events.login"}};
  REQUIRE(reader.read_until([](const auto& records) { return records.size() >= 3; }));
  std::set<std::string> types;
  for (const auto& record : reader.records()) {
    types.insert(record.headers.at("type"));
    CHECK(record.key.starts_with("usr_"));
  }
  CHECK(types == std::set<std::string>{"UserCreated", "UserLoggedIn", "LoginSucceeded"});
  CHECK(server.database().read([](Snapshot& snapshot) {
    return snapshot.list<std::string>(
        "SELECT consumer FROM consumer_offsets WHERE consumer IN ('kafka.progress.activity', 'kafka.auth.session', "
        "'kafka.progress.condition')");
  }) == std::vector<std::string>{});
}

TEST_CASE("a server without brokers is ready, and says what Kafka's state is") {
  MockKafka cluster;
  cluster.down();
  Server server{with_kafka(cluster)};
  CHECK(server.get("/readyz").status == 200);
  CHECK(comes_true([&] { return kafka_state(server) == "unreachable"; }));
  CHECK(server.get("/readyz").status == 200);
  CHECK(server.get("/readyz").text("/status") == "degraded");
  server.register_user("mina");
  cluster.up();
  CHECK(comes_true([&] { return kafka_state(server) == "ok"; }));
  CHECK(server.get("/readyz").text("/status") == "ready");
}

TEST_CASE("a server that was not told of Kafka does not speak of it") {
  Server server;
  CHECK(server.get("/readyz").body.find("kafka") == std::string::npos);
}

TEST_CASE("activities from Kafka count as those that are posted, once each, and refused ones go on with the reason") {
  MockKafka cluster;
  cluster.make_topic("shop.activities", 2);
  Shop shop{cluster};
  cluster.send("shop.activities", shop.user, shop.activity("order-1", 60));
  cluster.send("shop.activities", shop.user, "{ no JSON");
  cluster.send("shop.activities", shop.user, R"({"userId": "usr_01h455vb4pex5vsknk084sn02q", "type": "purchase"})");
  cluster.send_null("shop.activities", shop.user);
  cluster.send("shop.activities", shop.user, shop.activity("order-1", 60));
  cluster.send("shop.activities", shop.user, shop.activity("order-2", 40));
  CHECK(comes_true([&] { return shop.progress() == 100; }));
  KafkaReader reader{cluster.brokers(), {"shop.activities.dlq"}};
  REQUIRE(reader.read_until([](const auto& records) { return records.size() >= 3; }));
  std::vector<std::string> reasons;
  for (const auto& record : reader.records()) {
    const auto payload = parse_json(record.value).value().at("payload");
    CHECK(payload.at("topic") == "shop.activities");
    reasons.emplace_back(payload.at("reason").as_string());
    CHECK(record.key == shop.user);
    CHECK(record.headers.at("type") == "ActivityRefused");
  }
  CHECK_FALSE(reasons[0].empty());
  CHECK(reasons[1].find("no such user") != std::string::npos);
  CHECK(reasons[2] == "empty");
  CHECK(shop.progress() == 100);
}

TEST_CASE("operators are told what was sent, how each topic is, and how many activities are still to be taken") {
  MockKafka cluster;
  cluster.make_topic("shop.activities", 2);
  Shop shop{cluster};
  cluster.send("shop.activities", shop.user, shop.activity("order-1", 60));
  cluster.send("shop.activities", shop.user, "{ no JSON");
  const auto page = [&] { return Scrape::of(shop.server.app().admin_port()); };
  const auto acknowledged = [&](const std::string& topic) {
    return page().get("kafka_producer_requests_total{topic=\"" + topic + "\",outcome=\"acknowledged\"}");
  };
  CHECK(comes_true([&] { return acknowledged("auth.events.user") >= 1; }));
  CHECK(comes_true([&] { return acknowledged("shop.activities.dlq") == 1; }));
  CHECK(comes_true([&] { return page().get("kafka_relay_state{state=\"ok\"}") == 1; }));
  CHECK(page().get("kafka_topic_state{topic=\"auth.events.user\",state=\"flowing\"}") == 1);
  CHECK(page().get("kafka_brokers_up") >= 1);
  CHECK(page().get("kafka_activities_total{outcome=\"taken\"}") == 1);
  CHECK(page().get("kafka_activities_total{outcome=\"refused\"}") == 1);
  CHECK(comes_true([&] { return page().get("kafka_consumer_lag{topic=\"shop.activities\"}") == 0; }));
  CHECK(page().get("kafka_consumer_partitions{topic=\"shop.activities\"}") == 2);
  CHECK(page().find("bus_consumer_lag_messages{consumer=\"kafka.auth.events.user\"}").has_value());
}
