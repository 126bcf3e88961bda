// The list of events, newest first, each statement led by the index that fits the filter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "repository.hpp"

namespace guerdon::event {

struct EventFilter {
  bool with_drafts = false;
  bool with_deleted = false;
  std::optional<EventState> state;
  std::optional<bool> active;
  std::optional<std::string> condition_type;
  std::optional<std::string> name_like;  ///< an escaped LIKE pattern in lower case
  std::optional<Instant> from, to;
};

/// Ids never change, so that pages by id neither miss nor repeat an event, whatever is edited between them. What an
/// event is, it is at the instant of its page.
std::vector<EventRow> page_events(Snapshot& snapshot, const EventFilter& filter, std::optional<Uuid> before,
                                  std::int64_t limit);

}  // namespace guerdon::event
