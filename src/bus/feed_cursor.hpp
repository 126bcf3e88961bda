// Places in the log as readers carry them: which log, which topic, how far in each partition. Signed, so that none is
// made up; bound to its topic, so that none is used elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bus/feed_offsets.hpp"
#include "guerdon/cursor.hpp"

namespace guerdon::bus {

struct LogPlace {
  std::string epoch;
  Positions positions;
};

/// An empty topic stands for all of them.
[[nodiscard]] std::string seal_place(const CursorCodec& cursors, std::string_view topic, const LogPlace& place);
/// Nothing unless it was sealed here for that topic.
[[nodiscard]] std::optional<LogPlace> open_place(const CursorCodec& cursors, std::string_view topic,
                                                 std::string_view cursor);

}  // namespace guerdon::bus
