// How to reach Kafka, and what is asked of it. Passwords are shown as ***.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "guerdon/config_types.hpp"
#include "guerdon/hidden_text.hpp"

namespace guerdon {

/// Which of TLS and SASL the brokers want. `automatic`: TLS and SASL where there is a user name, neither otherwise.
enum class KafkaSecurity : std::uint8_t { automatic, plaintext, ssl, sasl_plaintext, sasl_ssl };
BOOST_DESCRIBE_ENUM(KafkaSecurity, automatic, plaintext, ssl, sasl_plaintext, sasl_ssl)
template <>
struct Codec<KafkaSecurity> : LowerCaseCodec<KafkaSecurity> {};

enum class SaslMechanism : std::uint8_t { plain, scram_sha_256, scram_sha_512 };

struct KafkaTopicRule : AnyText {
  static constexpr std::string_view pattern = "^[A-Za-z0-9._-]*$";
  static std::optional<std::string_view> fault(std::string_view text);
};
using KafkaTopic = Text<0, 245, KafkaTopicRule>;  ///< leaves room for ".dlq"; may be empty

/// Settings of librdkafka by its own names. Those that sound secret are not shown.
class KafkaProperties {
 public:
  KafkaProperties() = default;
  explicit KafkaProperties(std::map<std::string, std::string> values) : values_(std::move(values)) {}
  [[nodiscard]] const std::map<std::string, std::string>& values() const noexcept { return values_; }
  static bool is_secret(std::string_view name);

 private:
  std::map<std::string, std::string> values_;
};

template <>
struct Codec<SaslMechanism> : detail::SettingCodec<SaslMechanism, Codec<SaslMechanism>> {
  static std::string_view expected() { return "must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512"; }
  static void append(std::string& out, SaslMechanism mechanism);
  static std::optional<SaslMechanism> read(std::string_view text);
};

template <>
struct Codec<KafkaProperties> : CodecBase {
  static void encode(std::string& out, const KafkaProperties& properties);
  static void decode(const json::value& value, KafkaProperties& into, const Place& at);
  static json::object schema(SchemaRegistry&) { return {{"type", "object"}}; }
};

struct KafkaConfig {
  Text<0, 4000> brokers;  ///< HOST:PORT,…; empty = no Kafka
  Text<1, 200> client_id, group_id;
  KafkaSecurity security = KafkaSecurity::automatic;
  SaslMechanism sasl_mechanism = SaslMechanism::plain;
  Text<0, 1000> sasl_username;
  HiddenText sasl_password;
  bool create_topics = true;
  Bounded<0, 10'000> topic_partitions;  ///< of topics that are made; 0 = as the brokers have it
  Bounded<0, 100> topic_replication;    ///< likewise
  KafkaTopic activities_topic;          ///< empty = no activities are taken from Kafka
  KafkaProperties properties;

  [[nodiscard]] bool is_on() const noexcept { return !brokers.empty(); }
};
BOOST_DESCRIBE_STRUCT(KafkaConfig, (),
                      (brokers, client_id, group_id, security, sasl_mechanism, sasl_username, sasl_password,
                       create_topics, topic_partitions, topic_replication, activities_topic, properties))

}  // namespace guerdon
