// See service.hpp.
#include "cache/service.hpp"

#include "cache/redis_metrics.hpp"

namespace guerdon::cache {

RedisOptions redis_options(const RedisConfig& config) {
  RedisOptions options;
  options.host = config.host.value();
  options.port = static_cast<std::uint16_t>(config.port.value());
  options.username = config.username.value();
  options.password = config.password;
  options.timeout = config.timeout.value;
  options.breaker = {.failures = static_cast<int>(config.breaker_failures.value()),
                     .pause = config.breaker_pause.value};
  return options;
}

void Service::add_metrics(Metrics& metrics) const {
  metrics.add([this](MetricSheet& sheet) { tell_redis(sheet, redis_.stats(), cache_.owed()); });
}

}  // namespace guerdon::cache
