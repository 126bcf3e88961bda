// Redis put together: the connection, and what the server makes of it. There is one where redis.host is set.
#pragma once

#include "cache/redis.hpp"
#include "cache/redis_cache.hpp"
#include "cache/redis_counts.hpp"
#include "guerdon/metrics.hpp"
#include "guerdon/redis_config.hpp"

namespace guerdon::cache {

[[nodiscard]] RedisOptions redis_options(const RedisConfig& config);

/// Goes before the database and the tasks.
class Service {
 public:
  Service(const RedisConfig& config, Database& database, TaskPool& tasks)
      : redis_(redis_options(config)), counts_(redis_), cache_(redis_, database, tasks) {}
  ~Service() { stop(); }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// This outlives the registry's scrapes.
  void add_metrics(Metrics& metrics) const;

  void start() { redis_.start(); }
  void stop() { redis_.stop(); }

  [[nodiscard]] bool is_up() const noexcept { return redis_.is_up(); }
  [[nodiscard]] RedisStats stats() const { return redis_.stats(); }
  [[nodiscard]] http::SharedCounts& counts() noexcept { return counts_; }
  [[nodiscard]] Cache& cache() noexcept { return cache_; }

 private:
  Redis redis_;
  RedisCounts counts_;
  RedisCache cache_;
};

}  // namespace guerdon::cache
