// What others may ask about progress inside their own transaction.
#pragma once

#include <optional>
#include <vector>

#include "event/messages.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/store.hpp"

namespace guerdon::progress {

/// When the user met the event's condition, if ever. Once met it stays met.
std::optional<Instant> met_at(Snapshot& snapshot, event::EventId event, UserId user);

/// Up to `limit` users who have met the event's condition, by id, after `after`: for working through all in chunks.
std::vector<UserId> list_met(Snapshot& snapshot, event::EventId event, std::optional<UserId> after, std::int64_t limit);

}  // namespace guerdon::progress
