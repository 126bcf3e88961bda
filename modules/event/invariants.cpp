// What the constraints of the tables can't say about events.
#include "event/ids.hpp"
#include "event/module.hpp"

namespace guerdon::event {
namespace {

std::vector<std::string> named(const std::vector<EventId>& events) {
  std::vector<std::string> lines;
  for (const auto& event : events) lines.push_back(event.to_string());
  return lines;
}

std::vector<std::string> pauses_that_disagree(Snapshot& snapshot) {
  return named(snapshot.list<EventId>(
      "SELECT e.id FROM event_events e WHERE (e.was_active AND NOT e.is_active) <>"
      " EXISTS (SELECT 1 FROM event_pauses p WHERE p.event_id = e.id AND p.to_at IS NULL) LIMIT 100"));
}

}  // namespace

std::vector<Invariant> invariants() {
  return {{.name = "event.pauses",
           .rule = "An event has an open pause exactly while it is paused.",
           .violations = pauses_that_disagree}};
}

}  // namespace guerdon::event
