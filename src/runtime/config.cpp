// Puts the configuration together: where values come from and in which order. What they must be is in config.hpp.
#include "guerdon/config.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "runtime/config_layers.hpp"
#include "runtime/files.hpp"
#include "runtime/secret_file.hpp"
#include "store/embedded.hpp"

namespace guerdon {
namespace {

using Environment = std::map<std::string, std::string>;

constexpr std::string_view own_prefix = "GUERDON_";
constexpr std::string_view file_suffix = "_FILE";
constexpr std::size_t max_file = 1024 * 1024;

Error refused(const std::string& text) { return {problems::validation_failed, text}; }

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_secret(std::string_view key) {
  return key.ends_with("SecretBase64") || key.ends_with("PrivateKey") || key.ends_with("assword");
}

Result<void> lay_file(ConfigLayers& layers, const std::string& file) {
  const auto text = read_file(file, max_file);
  if (!text) return refused("can't read the configuration " + text.error().detail);
  auto tree = parse_commented(*text);
  if (!tree) return refused(file + ": " + tree.error().detail);
  return layers.lay(*tree, file);
}

// The value of a variable, or the content of the file that <name>_FILE names.
Result<std::string> value_of(const Environment& environment, const std::string& name) {
  const auto plain = environment.find(name);
  const auto file = environment.find(name + std::string{file_suffix});
  const bool has_file = file != environment.end() && !file->second.empty();
  if (plain != environment.end() && has_file)
    return refused("set either " + name + " or " + file->first + ", not both");
  if (!has_file) return plain->second;
  auto text = read_secret_file(file->second);
  if (!text) return refused(file->first + ": " + text.error().detail);
  return text;
}

bool is_given(const Environment& environment, const std::string& name) {
  const auto file = environment.find(name + std::string{file_suffix});
  return environment.contains(name) || (file != environment.end() && !file->second.empty());
}

std::string port_replaced(const json::value& listen, const std::string& port) {
  const std::string text{listen.is_string() ? std::string_view{listen.get_string()} : std::string_view{}};
  return text.substr(0, text.rfind(':')) + ":" + port;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The names that deployments used before guerdon. They give way to GUERDON_ names.
Result<void> lay_legacy(ConfigLayers& layers, const Environment& environment) {
  static constexpr std::array<std::pair<const char*, const char*>, 11> names{
      {{"JWT_SECRET_BASE64", "auth.jwtSecretBase64"},
       {"JWT_EXPIRES_IN", "auth.accessTokenTtl"},
       {"KAFKA_BROKERS", "kafka.brokers"},
       {"KAFKA_CLIENT_ID", "kafka.clientId"},
       {"KAFKA_GROUP_ID", "kafka.groupId"},
       {"KAFKA_SASL_USERNAME", "kafka.saslUsername"},
       {"KAFKA_SASL_PASSWORD", "kafka.saslPassword"},
       {"PORT", "http.listen"},
       {"REDIS_HOST", "redis.host"},
       {"REDIS_PORT", "redis.port"},
       {"REDIS_PASSWORD", "redis.password"}}};
  for (const auto& [name, key] : names) {
    if (!is_given(environment, name)) continue;
    auto value = value_of(environment, name);
    if (!value) return value.error();
    if (value->empty()) continue;                // compose files pass unset variables on as empty ones
    if (value->starts_with("tcp://")) continue;  // Kubernetes writes REDIS_PORT for a service that is called redis
    if (key == std::string_view{"auth.accessTokenTtl"} && is_number(*value)) *value += "s";
    if (key == std::string_view{"http.listen"}) {
      if (!is_number(*value)) return refused("PORT must be a port number");
      value = port_replaced(layers.at(key), *value);
    }
    if (auto set = layers.set(key, *value, name); !set) return set;
  }
  return {};
}

// http.listen for GUERDON_HTTP__LISTEN. A single underscore between levels is a likely slip, and no setting.
Result<std::string> key_of(const ConfigLayers& layers, const std::string& variable) {
  const auto wanted = lower(std::string_view{variable}.substr(own_prefix.size()));
  for (const auto key : layers.keys()) {
    const auto dot = key.find('.');
    const auto section = lower(key.substr(0, dot));
    const auto name = lower(key.substr(dot + 1));
    if (wanted == section + "__" + name) return std::string{key};
    if (wanted == section + "_" + name)
      return refused(variable + " is not a setting: two underscores stand between levels, as in GUERDON_HTTP__LISTEN");
  }
  if (wanted.find("__") == wanted.npos) return std::string{};  // not ours: GUERDON_PORT and the like of orchestrators
  return refused(variable + " is not a setting: `guerdon config` lists them all");
}

Result<void> lay_environment(ConfigLayers& layers, const Environment& environment) {
  for (const auto& [variable, unused] : environment) {
    if (!variable.starts_with(own_prefix)) continue;
    const bool is_file = variable.ends_with(file_suffix);
    const auto name = is_file ? variable.substr(0, variable.size() - file_suffix.size()) : variable;
    if (!is_given(environment, name)) continue;
    const auto key = key_of(layers, name);
    if (!key) return key.error();
    if (key->empty()) continue;
    const auto value = value_of(environment, name);
    if (!value) return value.error();
    if (auto set = layers.set(*key, *value, variable); !set) return set;
  }
  return {};
}

Result<void> lay_override(ConfigLayers& layers, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == text.npos) return refused("--set wants KEY=VALUE, such as --set http.listen=127.0.0.1:8081");
  const auto key = text.substr(0, equals);
  const auto value = text.substr(equals + 1);
  const auto url = key == "database.url" ? DatabaseUrl::parse(value) : std::nullopt;
  const bool holds_secret = key == "kafka.properties" && KafkaProperties::is_secret(value);
  if (is_secret(key) || holds_secret || (url && url->masked() != url->text()))
    return refused(key + ": a secret on the command line can be seen by others; use a file or the environment");
  return layers.set(key, value, "--set");
}

// "/http/trustedProxies/0" is http.trustedProxies.0
std::string dotted(std::string_view pointer) {
  std::string key{pointer.substr(pointer.empty() ? 0 : 1)};
  std::replace(key.begin(), key.end(), '/', '.');
  return key;
}

Result<Config> decoded(const ConfigLayers& layers) {
  auto config = decode<Config>(layers.tree());
  if (!config) {
    const auto& faults = config.error().faults;
    const auto key = dotted(faults.front().where);
    std::string text = key + " " + faults.front().detail + " (" + layers.source_of(key) + ")";
    if (faults.size() > 1) text += "; and " + std::to_string(faults.size() - 1) + " more";
    return refused(text);
  }
  if (config->http.listen.is_off())
    return refused("http.listen must be ADDRESS:PORT (" + layers.source_of("http.listen") + ")");
  if (config->auth.refresh_token_ttl.value < config->auth.access_token_ttl.value)
    return refused("auth.refreshTokenTtl must not be shorter than auth.accessTokenTtl (" +
                   layers.source_of("auth.refreshTokenTtl") + ")");
  return config;
}

ConfigLayers default_layers() {
  const auto tree = parse_commented(embedded::default_config());
  if (!tree) throw std::logic_error("config/guerdon.json: " + tree.error().detail);
  return ConfigLayers{*tree};
}

}  // namespace

Config Config::defaults() {
  auto config = decoded(default_layers());
  if (!config) throw std::logic_error("config/guerdon.json: " + config.error().detail);
  return *std::move(config);
}

Result<Config> Config::load(const std::string& file, const Environment& environment,
                            const std::vector<std::string>& overrides) {
  auto layers = default_layers();
  if (!file.empty()) {
    if (auto laid = lay_file(layers, file); !laid) return laid.error();
  }
  if (auto laid = lay_legacy(layers, environment); !laid) return laid.error();
  if (auto laid = lay_environment(layers, environment); !laid) return laid.error();
  for (const auto& text : overrides) {
    if (auto laid = lay_override(layers, text); !laid) return laid.error();
  }
  return decoded(layers);
}

}  // namespace guerdon
