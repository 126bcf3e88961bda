// The rows around decisions: the stock that waiting requests hold, and when an event's requests are closed. SQL only.
#pragma once

#include "../repository.hpp"

namespace guerdon::reward {

// holds: the stock that waiting requests have taken
/// Also of an unlimited reward: it may get a quantity while the request waits.
void add_hold(Tx& tx, RequestId request, RewardId reward);
std::vector<RewardId> list_holds(Snapshot& snapshot, RequestId request);
/// False when there is none.
bool remove_hold(Tx& tx, RequestId request, RewardId reward);
void return_stock(Tx& tx, RewardId id);

// closings
/// From the newest waiting request on, also where it was under way.
void begin_closing(Tx& tx, event::EventId event, Instant due_at);
struct Closing {
  event::EventId event_id;
  Instant due_at;
  std::optional<Instant> before_at;
  std::optional<RequestId> before_id;
};
BOOST_DESCRIBE_STRUCT(Closing, (), (event_id, due_at, before_at, before_id))
/// The one that is due first, which nobody else changes or resets until the commit.
std::optional<Closing> next_closing(Tx& tx);
void save_closing(Tx& tx, const Closing& closing);
void end_closing(Tx& tx, event::EventId event);

}  // namespace guerdon::reward
