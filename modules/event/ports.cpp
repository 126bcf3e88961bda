// Answers other modules inside their own transaction.
#include "event/ports.hpp"

#include "model.hpp"
#include "repository.hpp"

namespace guerdon::event {
namespace {

EventInfo info_of(Snapshot& snapshot, const EventRow& row) {
  return {.id = row.id,
          .name = row.name,
          .condition_type = row.condition_type,
          .condition_params = row.condition_params,
          .start_at = row.start_at,
          .end_at = row.end_at,
          .time_zone = row.time_zone,
          .approval = row.approval,
          .created_at = row.created_at,
          .pauses = list_pauses(snapshot, row.id),
          .state = state_of(row.is_active, row.was_active, {row.start_at, row.end_at, row.time_zone}, snapshot.now())};
}

}  // namespace

std::optional<EventInfo> find_event(Snapshot& snapshot, EventId id) {
  const auto row = find_row(snapshot, id);
  if (!row) return std::nullopt;
  return info_of(snapshot, *row);
}

std::vector<EventInfo> list_listening(Snapshot& snapshot, std::string_view condition_type, Instant at) {
  std::vector<EventInfo> events;
  for (const auto& row : list_concerned(snapshot, condition_type, at)) events.push_back(info_of(snapshot, row));
  return events;
}

}  // namespace guerdon::event
