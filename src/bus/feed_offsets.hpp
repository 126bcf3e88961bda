// How far the named readers of the feed are: their rows. A reader has one only once it has committed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "guerdon/store.hpp"

namespace guerdon::bus {

/// The last position passed in each partition, by its number.
using Positions = std::vector<std::int64_t>;

[[nodiscard]] std::optional<Positions> find_offsets(Snapshot& snapshot, std::string_view topic,
                                                    std::string_view consumer);

/// Never backwards in any partition, unless `may_go_back`; what is committed then.
Positions commit_offsets(Tx& tx, std::string_view topic, std::string_view consumer, const Positions& positions,
                         bool may_go_back);

/// What a partition is still wanted from.
struct Pin {
  int partition;
  std::int64_t position;
};
/// Of the readers that have committed since then.
[[nodiscard]] std::vector<Pin> list_pins(Snapshot& snapshot, Instant since);

}  // namespace guerdon::bus
