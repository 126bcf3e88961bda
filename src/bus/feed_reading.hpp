// Reads one page of the log across its partitions: in each in order, between them the older message first. It knows no
// cursors and no readers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "bus/feed_offsets.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/result.hpp"

namespace guerdon::bus {

struct Reading {
  std::vector<Delivery> messages;
  Positions end;  ///< nothing of the topic up to here is left to read
  bool has_more = false;
};

/// The last position of each partition, by its number.
[[nodiscard]] Positions list_heads(Snapshot& snapshot);
/// Just before the oldest message that is kept in each partition.
[[nodiscard]] Positions list_beginnings(Snapshot& snapshot, const Positions& heads);

/// Does the log begin after that place in a partition that has news? Then what lay between is gone.
[[nodiscard]] bool is_pruned_after(Snapshot& snapshot, const Positions& place, const Positions& heads);

/// An empty topic stands for all. `heads` were read before, in the same snapshot.
[[nodiscard]] Reading read_across(Snapshot& snapshot, std::string_view topic, const Positions& after,
                                  const Positions& heads, int limit);

}  // namespace guerdon::bus
