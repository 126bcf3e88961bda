// The index of events by what they listen to, in rows: it is committed with its event, so it is never older or newer.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "repository.hpp"

namespace guerdon::event {

/// Writes down anew what the event listens to; an event that was never active listens to nothing. To be called whenever
/// its condition, period or activity may have changed.
void save_topics(Tx& tx, const EventRow& row);

/// Events that have been active and are not deleted, listen to one of the topics and whose period contains `at`, by id.
std::vector<EventRow> list_listeners(Snapshot& snapshot, const std::vector<std::string>& topics, Instant at);
/// Their pauses, oldest first.
std::map<EventId, std::vector<Pause>> list_pauses_of_listeners(Snapshot& snapshot,
                                                               const std::vector<std::string>& topics, Instant at);

}  // namespace guerdon::event
