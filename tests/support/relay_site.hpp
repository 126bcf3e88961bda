// A log with a relay to a mock cluster, and what must hold of everything that came out of it (I20 to I24).
#pragma once

#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "guerdon/config.hpp"
#include "kafka/relay.hpp"
#include "support/bus_notes.hpp"
#include "support/databases.hpp"
#include "support/mock_kafka.hpp"
#include "support/test_bus.hpp"

namespace guerdon::test {

/// Tests are in more of a hurry than servers.
inline std::map<std::string, std::string> hurried_properties() {
  return {{"statistics.interval.ms", "100"},
          {"reconnect.backoff.ms", "20"},
          {"reconnect.backoff.max.ms", "200"},
          {"retry.backoff.ms", "20"},
          {"topic.metadata.refresh.interval.ms", "500"},
          {"topic.metadata.propagation.max.ms", "300"},
          // When a consumer's group comes together again the mock cluster waits nearly so long.
          {"session.timeout.ms", "4000"},
          {"heartbeat.interval.ms", "500"}};
}

inline KafkaConfig kafka_config(const std::string& brokers, std::map<std::string, std::string> properties = {}) {
  auto config = Config::defaults().kafka;
  config.brokers = *decltype(config.brokers)::parse(brokers);
  config.create_topics = false;  // the mock cluster makes them when it is asked about them
  properties.merge(hurried_properties());
  config.properties = KafkaProperties{std::move(properties)};
  return config;
}

/// The same for a server that is a process of its own. The mock cluster drops whoever joins a group and is not in it
/// within the session's time, without an answer, and the first to join waits three seconds: hence the times here. A
/// start with a group of its own waits for no dead member. Where to go on the server has from its database.
inline std::vector<std::string> hurried_settings(const MockKafka& cluster, const std::string& activities,
                                                 const std::string& group) {
  auto properties = hurried_properties();
  properties["session.timeout.ms"] = "6000";
  properties["max.poll.interval.ms"] = "10000";
  return {"kafka.brokers=" + cluster.brokers(), "kafka.activitiesTopic=" + activities, "kafka.groupId=" + group,
          "kafka.createTopics=false", "kafka.properties=" + json::serialize(json::value_from(properties))};
}

/// A line of the log: activities are about to come.
inline const std::string takes_activities = "activities are taken from partitions";

inline kafka::RelayOptions hurried() {
  kafka::RelayOptions options;
  options.limits.first_pause = std::chrono::milliseconds{50};
  options.limits.last_pause = std::chrono::milliseconds{200};
  options.limits.first_rest = std::chrono::milliseconds{20};
  options.limits.last_rest = std::chrono::milliseconds{100};
  options.poll = std::chrono::milliseconds{100};
  return options;
}

/// One run of a server that relays test.notes and test.other.
struct RelayRun {
  RelayRun(TestDatabase& data, KafkaConfig settings, kafka::RelayOptions options = hurried())
      : store(data), bus(store), config(std::move(settings)) {
    relay.emplace(config, *store, bus.bus, *random, std::vector<std::string>{"test.notes", "test.other"},
                  std::move(options));
    bus.start();
    relay->start();
  }
  /// As a server stops.
  void stop() { relay->stop(std::chrono::seconds{30}); }

  [[nodiscard]] kafka::TopicFigures figures(const std::string& topic) const {
    const auto all = relay->figures();
    for (const auto& figures : all.topics)
      if (figures.topic == topic) return figures;
    FAIL("no topic " << topic);
    return {};
  }
  /// Waits for something of the relay's figures.
  [[nodiscard]] bool comes_to(const std::function<bool(const kafka::RelayFigures&)>& is_so) const {
    const auto deadline = Steady::now() + std::chrono::seconds{60};
    while (!is_so(relay->figures())) {
      if (Steady::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds{2});  // leaves the processor to whom it waits for
    }
    return true;
  }
  [[nodiscard]] bool flow_becomes(const std::string& topic, kafka::Flow flow) const {
    return comes_to([&](const kafka::RelayFigures&) { return figures(topic).flow == flow; });
  }
  /// Everything of the log was acknowledged, and that was stored.
  [[nodiscard]] bool drains() {
    return comes_to([&](const kafka::RelayFigures&) {
      return count(store,
                   "SELECT COUNT(*) FROM outbox o JOIN consumer_offsets c ON c.consumer = 'kafka.' || o.topic "
                   "AND c.partition = o.partition WHERE o.position > c.position") == 0;
    });
  }

  using Steady = std::chrono::steady_clock;
  TestDatabase& store;
  TestBus bus;
  const KafkaConfig config;
  std::unique_ptr<Random> random = system_random();
  std::optional<kafka::Relay> relay;
};

struct LogRow {
  std::string id, topic, key, type;
  std::int64_t partition = 0, position = 0;
};

inline std::vector<LogRow> log_rows(Database& database) {
  return database.read([](Snapshot& snapshot) {
    std::vector<LogRow> rows;
    snapshot.visit("SELECT message_id, topic, key, type, partition, position FROM outbox ORDER BY partition, position",
                   [&](const Row& row) {
                     rows.push_back({column<MessageId>(row, 0).to_string(), column<std::string>(row, 1),
                                     column<std::string>(row, 2), column<std::string>(row, 3),
                                     column<std::int64_t>(row, 4), column<std::int64_t>(row, 5)});
                   });
    return rows;
  });
}

/// Ids of the records, without repeats.
inline std::set<std::string> ids_of(const KafkaReader::Records& records) {
  std::set<std::string> ids;
  for (const auto& record : records) ids.insert(record.headers.at("id"));
  return ids;
}

/// Reads until every message of the log, of the reader's topics and but the dead ones, is there; then nothing else may
/// be, each in its own form, and of each key the first occurrences in the order of the log, each repeat a replay from
/// an earlier message on.
inline void check_delivered(Database& database, KafkaReader& reader, const std::set<std::string>& dead = {}) {
  std::map<std::string, LogRow> expected;
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> in_order;  // by topic and key
  for (const auto& row : log_rows(database)) {
    if (dead.contains(row.id) || !reader.reads(row.topic)) continue;
    expected.emplace(row.id, row);
    in_order[{row.topic, row.key}].push_back(row.id);
  }
  std::set<std::string> arrived;
  std::size_t looked_at = 0;  // there can be very many
  const bool is_all_there = reader.read_until([&](const auto& records) {
    for (; looked_at < records.size(); ++looked_at) arrived.insert(records[looked_at].headers.at("id"));
    return arrived.size() >= expected.size();
  });
  INFO(arrived.size() << " of " << expected.size() << " messages arrived");
  REQUIRE(is_all_there);
  std::map<std::pair<std::string, std::string>, std::int64_t> last;
  for (const auto& record : reader.records()) {
    const auto found = expected.find(record.headers.at("id"));
    REQUIRE(found != expected.end());  // no ghost, and nothing dead
    const auto& row = found->second;
    CHECK(record.topic == row.topic);
    CHECK(record.key == row.key);
    CHECK(record.headers.at("type") == row.type);
    const auto value = parse_json(record.value).value();
    CHECK(value.at("id") == json::value(json::string{row.id}));
    CHECK(value.at("position") == row.position);
    CHECK(value.at("partition") == row.partition);
    const auto& order = in_order.at({row.topic, row.key});
    const auto index = std::find(order.begin(), order.end(), row.id) - order.begin();
    const auto [before, is_first] = last.try_emplace({row.topic, row.key}, -1);
    INFO("key " << row.key << ": " << index << " after " << before->second);
    CHECK(index <= before->second + 1);
    before->second = index;
  }
}

}  // namespace guerdon::test
