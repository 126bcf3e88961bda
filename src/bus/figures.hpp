// How the bus is doing, as rows tell it: how far behind each consumer is, what is parked, what was given up.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guerdon/metrics.hpp"
#include "guerdon/store.hpp"

namespace guerdon::bus {

inline constexpr std::int64_t most_counted = 10'000;  ///< rows of one figure; from there on it stands still

/// Whose lag is told; an empty type means every type of the topic.
struct Follower {
  std::string consumer, topic, type;
};

/// Messages that the follower has not passed, and the age of the oldest. Its offsets are in consumer_offsets.
void tell_lag(Snapshot& snapshot, MetricSheet& sheet, const Follower& follower);
/// Of these consumers, and of any other that has some.
void tell_parked(Snapshot& snapshot, MetricSheet& sheet, const std::vector<std::string>& consumers);
void tell_dead_letters(Snapshot& snapshot, MetricSheet& sheet, const std::vector<std::string>& consumers);

}  // namespace guerdon::bus
