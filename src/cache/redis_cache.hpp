// Copies of rows in Redis. What could not be written there is owed: the key is removed when Redis answers again.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "cache/redis.hpp"
#include "guerdon/cache.hpp"
#include "http/reader_pool.hpp"
#include "runtime/task_pool.hpp"

namespace guerdon::cache {

/// Thread-safe. Made before the Redis is started, which then outlives it; both are stopped before the tasks are.
class RedisCache final : public Cache {
 public:
  /// The rows are asked in a task.
  RedisCache(Redis& redis, Database& database, TaskPool& tasks);

  void put(CacheEntry entry, Check still_holds) noexcept override;
  void remove(std::string key) noexcept override;

  /// Keys that are still to be removed.
  [[nodiscard]] std::size_t owed() const;

  static constexpr std::size_t most_owed = 100'000;  ///< of more some are forgotten: they go when their life ends

 private:
  void send_put(const CacheEntry& entry, Check still_holds);
  void send_remove(std::vector<std::string> words, const std::string& key);
  void check(const CacheEntry& entry, const Check& still_holds);
  void owe(const std::string& key) noexcept;
  void pay();

  Redis& redis_;
  http::ReaderPool readers_;
  TaskPool& tasks_;
  mutable std::mutex mutex_;
  std::unordered_set<std::string> owed_;
};

}  // namespace guerdon::cache
