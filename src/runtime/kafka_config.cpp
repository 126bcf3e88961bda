// The text forms of the settings for Kafka.
#include "guerdon/kafka_config.hpp"

#include <algorithm>
#include <array>

namespace guerdon {
namespace {

constexpr std::array<std::pair<SaslMechanism, std::string_view>, 3> mechanisms{
    {{SaslMechanism::plain, "PLAIN"},
     {SaslMechanism::scram_sha_256, "SCRAM-SHA-256"},
     {SaslMechanism::scram_sha_512, "SCRAM-SHA-512"}}};

bool is_topic_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

// A property as librdkafka wants it: text. Numbers and booleans may be written as such.
std::optional<std::string> as_text(const json::value& value) {
  if (value.is_string()) return std::string{value.get_string()};
  if (value.is_bool()) return value.get_bool() ? "true" : "false";
  if (value.is_int64()) return std::to_string(value.get_int64());
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> KafkaTopicRule::fault(std::string_view text) {
  if (text != "." && text != ".." && std::all_of(text.begin(), text.end(), is_topic_character)) return std::nullopt;
  return "must be a topic's name: letters, digits, '.', '_' and '-'";
}

// Longer than it needs to be: what is hidden without need costs nothing.
bool KafkaProperties::is_secret(std::string_view name) {
  for (const std::string_view part : {"password", "secret", "pem", "token", "oauthbearer", "jaas"})
    if (name.find(part) != name.npos) return true;
  return false;
}

void Codec<SaslMechanism>::append(std::string& out, SaslMechanism mechanism) {
  for (const auto& [known, name] : mechanisms)
    if (known == mechanism) out += name;
}

std::optional<SaslMechanism> Codec<SaslMechanism>::read(std::string_view text) {
  for (const auto& [mechanism, name] : mechanisms)
    if (name == text) return mechanism;
  return std::nullopt;
}

void Codec<KafkaProperties>::encode(std::string& out, const KafkaProperties& properties) {
  std::map<std::string, std::string> shown = properties.values();
  for (auto& [name, value] : shown)
    if (KafkaProperties::is_secret(name)) value = "***";
  guerdon::encode(out, shown);
}

void Codec<KafkaProperties>::decode(const json::value& value, KafkaProperties& into, const Place& at) {
  const auto* const object = at.object(value);
  if (object == nullptr) return;
  std::map<std::string, std::string> values;
  for (const auto& member : *object) {
    const std::string name{member.key()};
    auto text = as_text(member.value());
    if (text)
      values.emplace(name, *std::move(text));
    else
      at.member(name).fault("wrong-type", "must be text, a whole number, true or false");
  }
  into = KafkaProperties{std::move(values)};
}

}  // namespace guerdon
