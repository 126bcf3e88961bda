// How far the named readers of the feed are behind, as their rows tell it. Administrators give them their names, so
// only so many are told.
#pragma once

#include <cstdint>

#include "guerdon/metrics.hpp"
#include "guerdon/store.hpp"

namespace guerdon::bus {

inline constexpr std::int64_t most_readers_told = 20;  ///< pairs of topic and reader, by their names

/// Of the readers that have committed since then: for the others no messages are kept.
void tell_feed_readers(Snapshot& snapshot, MetricSheet& sheet, Instant since);

}  // namespace guerdon::bus
