// The buckets of rate limits in Redis: one key each, which holds when the bucket is full again, by Redis's own clock.
// One script reads and writes it, so that calls of several servers at once are counted one after the other.
#pragma once

#include "cache/redis.hpp"
#include "http/shared_counts.hpp"

namespace guerdon::cache {

/// The Redis outlives it, and is stopped before what `done` refers to is gone.
class RedisCounts final : public http::SharedCounts {
 public:
  explicit RedisCounts(Redis& redis) : redis_(redis) {}

  [[nodiscard]] bool is_up() const noexcept override { return redis_.is_up(); }
  void take(const http::SharedBucket& bucket, Done done) override;

 private:
  Redis& redis_;
};

}  // namespace guerdon::cache
