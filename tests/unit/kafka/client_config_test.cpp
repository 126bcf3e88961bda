// The settings reach librdkafka, what holds the promises can't be changed, and no secret shows.
#include "kafka/client_config.hpp"

#include <array>
#include <catch2/catch.hpp>

#include "guerdon/app.hpp"
#include "guerdon/config.hpp"

using namespace guerdon;
using kafka::Role;

namespace {

KafkaConfig from(const std::string& settings) {
  std::map<std::string, std::string> environment;
  auto config = Config::load("", environment, {});
  REQUIRE(config.has_value());
  auto kafka = decode<KafkaConfig>([&] {
    auto tree = parse_json(to_json(config->kafka)).value().as_object();
    tree["saslPassword"] = "";
    const auto further = parse_json(settings).value();
    for (const auto& member : further.as_object()) tree[member.key()] = member.value();
    return json::value(tree);
  }());
  REQUIRE(kafka.has_value());
  return *kafka;
}

/// What librdkafka has, by its own word.
std::string in_force(const KafkaConfig& config, Role role, const char* name) {
  const auto made = kafka::client_config(config, role);
  std::array<char, 512> value{};
  auto size = value.size();
  if (rd_kafka_conf_get(made.get(), name, value.data(), &size) != RD_KAFKA_CONF_OK) return "(unknown)";
  return value.data();
}

std::string refusal(const KafkaConfig& config) {
  try {
    kafka::check_config(config);
  } catch (const StartError& error) {
    CHECK(error.exit_code() == 78);
    return error.what();
  }
  return "(none)";
}

}  // namespace

TEST_CASE("a user name and a password mean SASL over TLS, by the mechanism that is configured") {
  const auto mechanism = GENERATE(std::string{"PLAIN"}, std::string{"SCRAM-SHA-256"}, std::string{"SCRAM-SHA-512"});
  const auto config = from(R"({"brokers": "k1:9093,k2:9093", "saslUsername": "guerdon", "saslPassword": "hunter2",
                               "saslMechanism": ")" +
                           mechanism + R"("})");
  for (const auto role : {Role::producer, Role::consumer}) {
    CHECK(in_force(config, role, "bootstrap.servers") == "k1:9093,k2:9093");
    CHECK(in_force(config, role, "security.protocol") == "sasl_ssl");
    CHECK(in_force(config, role, "sasl.mechanisms") == mechanism);
    CHECK(in_force(config, role, "sasl.username") == "guerdon");
    CHECK(in_force(config, role, "sasl.password") == "hunter2");
  }
  CHECK(refusal(config) == "(none)");
}

TEST_CASE("without a user name there is neither SASL nor TLS, unless the configuration says so") {
  CHECK(in_force(from("{}"), Role::producer, "security.protocol") == "plaintext");
  CHECK(in_force(from(R"({"security": "ssl"})"), Role::producer, "security.protocol") == "ssl");
  const auto plain = from(R"({"security": "sasl_plaintext", "saslUsername": "u", "saslPassword": "p"})");
  CHECK(in_force(plain, Role::producer, "security.protocol") == "sasl_plaintext");
}

TEST_CASE("properties reach librdkafka by its own names") {
  const auto config = from(R"({"properties": {"linger.ms": 7, "compression.codec": "lz4",
                               "ssl.endpoint.identification.algorithm": "none", "socket.keepalive.enable": true}})");
  CHECK(in_force(config, Role::producer, "linger.ms") == "7");
  CHECK(in_force(config, Role::producer, "compression.codec") == "lz4");
  CHECK(in_force(config, Role::producer, "ssl.endpoint.identification.algorithm") == "none");
  CHECK(in_force(config, Role::consumer, "socket.keepalive.enable") == "true");
}

TEST_CASE("a producer keeps order and loses nothing, whatever properties say") {
  const auto config = from("{}");
  CHECK(in_force(config, Role::producer, "enable.idempotence") == "true");
  CHECK(in_force(config, Role::producer, "enable.gapless.guarantee") == "true");
  CHECK(in_force(config, Role::producer, "acks") == "-1");
  CHECK(in_force(config, Role::producer, "message.timeout.ms") == "0");
  CHECK(in_force(config, Role::consumer, "enable.auto.commit") == "false");
  for (const auto* name :
       {"enable.idempotence", "acks", "message.timeout.ms", "delivery.timeout.ms", "enable.auto.commit",
        "bootstrap.servers", "sasl.password", "transactional.id", "partition.assignment.strategy"}) {
    INFO(name);
    const auto line = refusal(from(R"({"properties": {")" + std::string{name} + R"(": "1"}})"));
    CHECK(line.find(std::string{name} + " is guerdon's own") != std::string::npos);
  }
}

TEST_CASE("messages of a key go to one partition, whatever properties say") {
  CHECK(in_force(from("{}"), Role::producer, "partitioner") == "murmur2_random");
  CHECK(in_force(from(R"({"properties": {"partitioner": "consistent"}})"), Role::producer, "partitioner") ==
        "consistent");
  CHECK(refusal(from(R"({"properties": {"partitioner": "random"}})")).find("partitioner") != std::string::npos);
}

TEST_CASE("a property that librdkafka does not know, or a value that it does not take, stops the start") {
  CHECK(refusal(from(R"({"properties": {"no.such.thing": "1"}})")).find("no.such.thing") != std::string::npos);
  CHECK(refusal(from(R"({"properties": {"linger.ms": "soon"}})")).find("linger.ms") != std::string::npos);
  CHECK(refusal(from(R"({"security": "ssl", "properties": {"ssl.ca.location": "/no/such/file.pem"}})")) != "(none)");
}

TEST_CASE("a configuration that is shown keeps passwords to itself") {
  const auto config = from(R"({"saslUsername": "u", "saslPassword": "hunter2",
                               "properties": {"ssl.key.password": "hunter3", "ssl.key.pem": "hunter4", "linger.ms": 7}})");
  const auto text = to_json(config);
  INFO(text);
  CHECK(text.find("hunter") == std::string::npos);
  CHECK(text.find(R"("saslPassword":"***")") != std::string::npos);
  CHECK(text.find(R"("linger.ms":"7")") != std::string::npos);
}
