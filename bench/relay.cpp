// How fast the relay drains a log, beside bare librdkafka that sends the same bytes to the same kind of cluster:
//   bench_relay FOLDER MESSAGES
// Both are idempotent producers with acks=all; the cluster is librdkafka's mock, in this process. Prints
// {"relay": messages a second, "bare": messages a second}.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bus/outbox_bus.hpp"
#include "bus/outbox_log.hpp"
#include "guerdon/config.hpp"
#include "kafka/relay.hpp"
#include "store/open.hpp"

namespace {

using namespace guerdon;
using Steady = std::chrono::steady_clock;

const std::string topic = "reward.grants";
constexpr int chunk = 1000;

class Cluster {
 public:
  Cluster() {
    char why[512];
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, nullptr, why, sizeof why);
    if (client_ == nullptr) throw std::runtime_error(why);
    cluster_ = rd_kafka_mock_cluster_new(client_, 1);
    rd_kafka_mock_topic_create(cluster_, topic.c_str(), 4, 1);
  }
  ~Cluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(client_);
  }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  [[nodiscard]] std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

 private:
  rd_kafka_t* client_;
  rd_kafka_mock_cluster_t* cluster_;
};

double per_second(int messages, Steady::time_point begin) {
  return messages / std::chrono::duration<double>(Steady::now() - begin).count();
}

struct Log {
  explicit Log(const std::string& folder) {
    options.url = "sqlite:" + folder + "/bench.db";
    options.clock = &clock;
    options.ids = &ids;
    database = store::open_database(options);
    store::migrate(*database);
    runner.emplace(*database, clock);
    bus.emplace(*database, *runner, *random, bus::BusSettings{});
    database->set_outbox_sink(&*bus);
  }
  ~Log() {
    runner->stop(std::chrono::seconds{5});
    database->close();
  }

  void fill(int messages) {
    for (int first = 0; first < messages; first += chunk)
      database
          ->write([&](Tx& tx) -> Result<void> {
            for (int n = first; n < std::min(messages, first + chunk); ++n) append(tx, n);
            return {};
          })
          .value();
  }
  static void append(Tx& tx, int n) {
    const auto user = tx.new_id<UserId>().to_string();
    tx.append({.id = tx.new_id<MessageId>(),
               .topic = topic,
               .key = user,
               .type = "RewardGranted",
               .payload = R"({"userId":")" + user + R"(","requestId":"req_01kmq1x4c5fd2ret5m4v5zkvqk","rewardId":)" +
                          R"("rwd_01kmq1x4c5fd2ret5m4v5zkvqk","type":"POINT","amount":)" + std::to_string(n) + "}",
               .headers = {}});
  }
  std::vector<Delivery> all() {
    return database->read(
        [](Snapshot& snapshot) { return bus::read_topic(snapshot, topic, 0, 0, std::numeric_limits<int>::max()); });
  }

  SystemClock clock;
  std::unique_ptr<Random> random = system_random();
  IdSource ids{*random};
  store::DatabaseOptions options;
  std::unique_ptr<store::ManagedDatabase> database;
  std::optional<bus::PumpRunner> runner;
  std::optional<bus::OutboxBus> bus;
};

double run_relay(Log& log, int messages) {
  const Cluster cluster;
  auto config = Config::defaults().kafka;
  config.brokers = *decltype(config.brokers)::parse(cluster.brokers());
  config.create_topics = false;  // they are there
  kafka::Relay relay{config, *log.database, *log.bus, *log.random, {topic}};
  log.bus->seal();
  log.bus->start(false);
  const auto delivered = [&] { return static_cast<int>(relay.figures().topics.front().delivered); };
  const auto wait_for = [&](int count) {
    while (delivered() < count) std::this_thread::sleep_for(std::chrono::microseconds{200});
  };
  relay.start();
  wait_for(1);
  const auto begin = Steady::now();
  const int before = delivered();
  wait_for(messages);
  const auto rate = per_second(messages - before, begin);
  relay.stop(std::chrono::seconds{5});
  return rate;
}

double run_bare(const std::vector<Delivery>& deliveries) {
  const Cluster cluster;
  std::vector<std::string> values;
  for (const auto& delivery : deliveries) values.push_back(envelope(delivery));
  auto* const config = rd_kafka_conf_new();
  char why[512];
  const std::map<std::string, std::string> properties{
      {"bootstrap.servers", cluster.brokers()}, {"enable.idempotence", "true"}, {"acks", "all"}};
  for (const auto& [name, value] : properties)
    if (rd_kafka_conf_set(config, name.c_str(), value.c_str(), why, sizeof why) != RD_KAFKA_CONF_OK)
      throw std::runtime_error(why);
  std::optional<Steady::time_point> begin;  // of the first acknowledgement
  rd_kafka_conf_set_opaque(config, &begin);
  rd_kafka_conf_set_dr_msg_cb(config, [](rd_kafka_t*, const rd_kafka_message_t*, void* first) {
    auto& known = *static_cast<std::optional<Steady::time_point>*>(first);
    if (!known) known = Steady::now();
  });
  auto* const producer = rd_kafka_new(RD_KAFKA_PRODUCER, config, why, sizeof why);
  if (producer == nullptr) throw std::runtime_error(why);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& delivery = deliveries[i];
    while (
        rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                          RD_KAFKA_V_KEY(delivery.key.data(), delivery.key.size()),
                          RD_KAFKA_V_VALUE(values[i].data(), values[i].size()),
                          RD_KAFKA_V_HEADER("type", delivery.type.data(), static_cast<ssize_t>(delivery.type.size())),
                          RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
      rd_kafka_poll(producer, 1);
    rd_kafka_poll(producer, 0);
  }
  rd_kafka_flush(producer, 120'000);
  const auto rate = per_second(static_cast<int>(values.size()), begin.value());
  rd_kafka_destroy(producer);
  return rate;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return EXIT_FAILURE;
  const std::string folder = arguments[1];
  const int messages = std::atoi(arguments[2]);
  std::filesystem::create_directories(folder);
  std::filesystem::remove(folder + "/bench.db");
  Log log{folder};
  log.fill(messages);
  const auto bare = run_bare(log.all());
  const auto relay = run_relay(log, messages);
  std::printf("{\"relay\": %.0f, \"bare\": %.0f}\n", relay, bare);
}
