// See settings.hpp.
#include "runtime/settings.hpp"

#include <span>

#include "guerdon/password.hpp"

namespace guerdon {
namespace {

log::Level level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return log::Level::debug;
    case LogLevel::info:
      return log::Level::info;
    case LogLevel::warning:
      return log::Level::warning;
    case LogLevel::error:
      return log::Level::error;
    case LogLevel::off:
      return log::Level::off;
  }
  return log::Level::info;
}

http::Timeouts timeouts_of(const HttpConfig& config) {
  http::Timeouts timeouts;
  timeouts.first_byte = config.header_timeout.value;
  timeouts.header = config.header_timeout.value;
  timeouts.body = config.body_timeout.value;
  timeouts.handler = config.handler_timeout.value;
  timeouts.write = config.write_timeout.value;
  timeouts.idle = config.idle_timeout.value;
  timeouts.age = config.max_connection_age.value;
  return timeouts;
}

std::uint64_t seed(Random& random) {
  std::uint64_t number = 0;
  random.fill(std::as_writable_bytes(std::span{&number, 1}));
  return number;
}

}  // namespace

bus::BusSettings bus_settings(const Config& config) {
  return {.pseudonymous = config.messages.personal_data == PersonalData::pseudonymous,
          .retention = config.outbox.retention.value,
          .forget_readers = config.feed.forget_readers.value};
}

HardDeleteRules hard_delete_rules(const Config& config) {
  HardDeleteRules rules;
  rules.retention = std::chrono::days{config.retention.days.value()};
  return rules;
}

TaskPoolOptions hash_pool_options(const Config& config) {
  return {.name = "hash",
          .threads = static_cast<std::size_t>(config.auth.hash_threads.value()),
          .queue = static_cast<std::size_t>(config.auth.hash_queue.value()),
          .low_priority = true,
          .on_idle = release_password_memory};
}

TaskPoolOptions task_pool_options(const Config& config) {
  return {.name = "tasks",
          .threads = static_cast<std::size_t>(config.tasks.threads.value()),
          .queue = static_cast<std::size_t>(config.tasks.queue.value())};
}

http::ServerOptions api_options(const Config& config, Random& random) {
  http::ServerOptions options;
  options.listen = config.http.listen;
  options.listen_key = "http.listen";
  options.threads = static_cast<std::size_t>(config.http.threads.value());
  options.timeouts = timeouts_of(config.http);
  options.max_requests = static_cast<int>(config.http.max_requests_per_connection.value());
  options.max_connections = static_cast<std::size_t>(config.http.max_connections.value());
  options.max_connections_per_address.reset();
  if (config.limits.enabled)
    options.max_connections_per_address = static_cast<std::size_t>(config.http.max_connections_per_address.value());
  options.trusted_proxies = config.http.trusted_proxies;
  for (const auto& origin : config.http.cors_origins) options.cors_origins.push_back(origin.to_string());
  options.request_id_seed = seed(random);
  return options;
}

http::ServerOptions admin_options(const Config& config, Random& random) {
  auto options = api_options(config, random);
  options.name = "admin";
  options.listen = config.admin.listen;
  options.listen_key = "admin.listen";
  options.threads = 1;
  options.cors_origins.clear();  // its pages are not for pages of others
  return options;
}

log::OutputOptions log_options(const LogConfig& config) {
  const auto format = config.format == LogFormat::json ? log::Format::json : log::Format::text;
  return {.level = level_of(config.level), .format = format, .sink = {}};
}

}  // namespace guerdon
