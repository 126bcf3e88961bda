// Seven days after an event's end its waiting requests are rejected: the job that does it, in bounded batches.
#pragma once

#include <string_view>

#include "event/ids.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/store.hpp"

namespace guerdon::reward {

inline constexpr std::string_view closings_pump = "reward.closings";

/// After a change of the event: notes when its requests are to be closed, if it has an end.
void plan_closing(Tx& tx, event::EventId event);

/// One batch of the event that is due first. Requests that are frozen (of a deleted event or user) are passed over and
/// looked at again a day later.
[[nodiscard]] PumpResult close_requests(Tx& tx);

}  // namespace guerdon::reward
