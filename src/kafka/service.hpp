// Kafka as the server has it: the relay of its messages, and the intake of activities where one is configured.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bus/outbox_bus.hpp"
#include "guerdon/kafka_config.hpp"
#include "guerdon/metrics.hpp"
#include "guerdon/random.hpp"
#include "kafka/figures.hpp"
#include "kafka/intake.hpp"
#include "kafka/relay.hpp"

namespace guerdon::kafka {

class Service {
 public:
  /// All topics of the bus but the internal ones go to Kafka. Before the bus is sealed, after everybody has declared
  /// their messages. Throws StartError (78) for settings that librdkafka refuses. Speaks to nobody yet.
  /// `activities` takes those of the configured topic.
  Service(const KafkaConfig& config, Database& database, bus::OutboxBus& bus, Random& random,
          Intakes::Handler activities);

  /// After the bus.
  void start();
  /// Before the database is closed; waits so long for what is under way.
  void stop(std::chrono::milliseconds limit);

  /// For those who ask whether the server is well. A broker that is away makes no server unready.
  [[nodiscard]] std::string_view state() const { return name_of(relay_.state()); }
  /// Messages go out, from here or from another server.
  [[nodiscard]] bool is_fine() const;
  void add_metrics(Metrics& metrics) const;

 private:
  const std::string activities_topic_;
  Relay relay_;
  std::optional<Intake> intake_;
};

}  // namespace guerdon::kafka
