// Who reads the feed by name: how far each is and since when, so that a reader who has gone and holds up the pruning of
// the log is seen, and can be forgotten.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/feed_offsets.hpp"
#include "guerdon/store.hpp"

namespace guerdon::bus {

inline constexpr std::int64_t most_readers = 1000;  ///< in one list, unless it is asked for fewer

/// A name is a topic's own: two topics may have readers of the same name.
struct ReaderKey {
  std::string topic, consumer;
};

struct FeedReader {
  ReaderKey key;
  Positions positions;               ///< committed, by the number of the partition
  Instant committed_at;              ///< its last commit: reading alone leaves no trace
  std::int64_t lag = 0;              ///< messages of its topic that it has not passed, up to most_counted (figures.hpp)
  std::optional<Instant> oldest_at;  ///< of the first of them
};

/// By topic and name, those after `after`.
[[nodiscard]] std::vector<FeedReader> list_readers(Snapshot& snapshot, const ReaderKey& after = {},
                                                   std::int64_t limit = most_readers);

/// False when there was none of that name.
bool remove_reader(Tx& tx, std::string_view topic, std::string_view consumer);

}  // namespace guerdon::bus
