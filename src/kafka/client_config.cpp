// See client_config.hpp.
#include "kafka/client_config.hpp"

#include <array>
#include <set>
#include <string_view>

#include "guerdon/app.hpp"
#include "runtime/exit_codes.hpp"
#include "telemetry/log.hpp"

namespace guerdon::kafka {
namespace {

using Properties = std::map<std::string, std::string>;

// Good defaults, which properties may change.
const Properties common{{"reconnect.backoff.max.ms", "5000"},
                        {"socket.keepalive.enable", "true"},  // an answer to a join is waited for for minutes
                        {"topic.metadata.refresh.interval.ms", "60000"},
                        {"statistics.interval.ms", "5000"}};
const Properties of_producer{{"partitioner", "murmur2_random"}};
// Of a server that is gone without a word others take the partitions over after the session's time.
const Properties of_consumer{
    {"auto.offset.reset", "earliest"}, {"fetch.wait.max.ms", "250"}, {"session.timeout.ms", "15000"}};

// Without these a message could be lost, overtaken or counted twice.
const Properties fixed_for_producer{
    {"enable.idempotence", "true"}, {"enable.gapless.guarantee", "true"}, {"acks", "all"}, {"message.timeout.ms", "0"}};
const Properties fixed_for_consumer{{"enable.auto.commit", "false"}, {"enable.auto.offset.store", "false"}};
// Other names of the same, what has a key of its own, and what the intake's way of taking over partitions does not fit.
const std::set<std::string, std::less<>> taken{"enable.idempotence",
                                               "enable.gapless.guarantee",
                                               "acks",
                                               "request.required.acks",
                                               "message.timeout.ms",
                                               "delivery.timeout.ms",
                                               "enable.auto.commit",
                                               "auto.commit.enable",
                                               "enable.auto.offset.store",
                                               "partition.assignment.strategy",
                                               "transactional.id",
                                               "delivery.report.only.error",
                                               "bootstrap.servers",
                                               "metadata.broker.list",
                                               "client.id",
                                               "group.id",
                                               "security.protocol",
                                               "sasl.mechanism",
                                               "sasl.mechanisms",
                                               "sasl.username",
                                               "sasl.password",
                                               "plugin.library.paths"};

// sasl.mechanisms may be one that has no key: then properties say it.
bool may_be_property(std::string_view name) { return name == "sasl.mechanism" || name == "sasl.mechanisms"; }

std::string security_protocol(const KafkaConfig& config) {
  switch (config.security) {
    case KafkaSecurity::automatic:
      return config.sasl_username.empty() ? "plaintext" : "sasl_ssl";
    case KafkaSecurity::plaintext:
      return "plaintext";
    case KafkaSecurity::ssl:
      return "ssl";
    case KafkaSecurity::sasl_plaintext:
      return "sasl_plaintext";
    case KafkaSecurity::sasl_ssl:
      return "sasl_ssl";
  }
  return "plaintext";
}

std::string mechanism_name(SaslMechanism mechanism) {
  std::string name;
  Codec<SaslMechanism>::append(name, mechanism);
  return name;
}

void lay(Properties& over, const Properties& top) {
  for (const auto& [name, value] : top) over[name] = value;
}

[[noreturn]] void refuse(const std::string& text) { throw StartError(exit_config, "kafka." + text); }

log::Level level_of(int syslog) {
  if (syslog <= 4) return log::Level::warning;  // its errors too are a broker's troubles: it goes on
  return syslog <= 6 ? log::Level::info : log::Level::debug;
}

void on_log(const rd_kafka_t*, int level, const char* facility, const char* text) {
  // What belongs to the other role is no mistake: both are made from the same properties.
  const bool is_other_role = std::string_view{facility} == "CONFWARN";
  log::write(is_other_role ? log::Level::debug : level_of(level), "kafka", text, {{"facility", facility}});
}

void set(rd_kafka_conf_t* config, const std::string& name, const std::string& value) {
  std::array<char, 512> why{};
  if (rd_kafka_conf_set(config, name.c_str(), value.c_str(), why.data(), why.size()) == RD_KAFKA_CONF_OK) return;
  if (KafkaProperties::is_secret(name)) refuse("properties: " + name + " has a value that librdkafka refuses");
  refuse("properties: " + name + ": " + why.data());  // librdkafka may call it by its other name
}

}  // namespace

Properties properties_of(const KafkaConfig& config, Role role) {
  auto all = common;
  const bool is_producer = role == Role::producer;
  lay(all, is_producer ? of_producer : of_consumer);
  all["bootstrap.servers"] = config.brokers.value();
  all["client.id"] = config.client_id.value();
  all["security.protocol"] = security_protocol(config);
  if (!config.sasl_username.empty()) {
    all["sasl.mechanisms"] = mechanism_name(config.sasl_mechanism);
    all["sasl.username"] = config.sasl_username.value();
    all["sasl.password"] = config.sasl_password.reveal();
  }
  if (!is_producer) all["group.id"] = config.group_id.value();
  for (const auto& [name, value] : config.properties.values()) {
    if (taken.contains(name) && !(may_be_property(name) && config.sasl_username.empty()))
      refuse("properties: " + name + " is guerdon's own: it has a key of its own or can't be changed");
    all[name] = value;
  }
  const auto partitioner = all.find("partitioner");
  if (partitioner != all.end() && partitioner->second == "random")
    refuse("properties: partitioner can't be random: the messages of a key would lose their order");
  lay(all, is_producer ? fixed_for_producer : fixed_for_consumer);
  return all;
}

Owned<rd_kafka_conf_t> client_config(const KafkaConfig& config, Role role, const Properties& further) {
  Owned<rd_kafka_conf_t> made{rd_kafka_conf_new()};
  rd_kafka_conf_set_log_cb(made.get(), on_log);
  auto all = properties_of(config, role);
  lay(all, further);
  for (const auto& [name, value] : all) set(made.get(), name, value);
  return made;
}

Owned<rd_kafka_t> make_client(Owned<rd_kafka_conf_t> config, Role role) {
  std::array<char, 512> why{};
  const auto type = role == Role::producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER;
  Owned<rd_kafka_t> client{rd_kafka_new(type, config.get(), why.data(), why.size())};
  if (!client) refuse("properties: " + std::string{why.data()});
  static_cast<void>(config.release());  // the client's now
  return client;
}

void check_config(const KafkaConfig& config) {
  // Only what the properties say by themselves: with brokers it would speak to them.
  const Properties nobody{{"bootstrap.servers", ""}};
  static_cast<void>(make_client(client_config(config, Role::producer, nobody), Role::producer));
  if (!config.activities_topic.empty())
    static_cast<void>(make_client(client_config(config, Role::consumer, nobody), Role::consumer));
}

}  // namespace guerdon::kafka
