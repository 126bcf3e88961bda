// What operators are told about Redis, as its client saw it.
#pragma once

#include <cstddef>

#include "cache/redis_stats.hpp"
#include "guerdon/metrics.hpp"

namespace guerdon::cache {

/// `owed` are the entries that are still to be removed.
void tell_redis(MetricSheet& sheet, const RedisStats& stats, std::size_t owed);

}  // namespace guerdon::cache
