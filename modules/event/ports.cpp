// Answers other modules inside their own transaction.
#include "event/ports.hpp"

#include <map>

#include "listening.hpp"
#include "model.hpp"
#include "repository.hpp"

namespace guerdon::event {
namespace {

EventInfo info_of(Snapshot& snapshot, const EventRow& row, std::vector<Pause> pauses) {
  return {.id = row.id,
          .name = row.name,
          .condition_type = row.condition_type,
          .condition_params = row.condition_params,
          .start_at = row.start_at,
          .end_at = row.end_at,
          .time_zone = row.time_zone,
          .approval = row.approval,
          .created_at = row.created_at,
          .pauses = std::move(pauses),
          .state = state_of(row.is_active, row.was_active, {row.start_at, row.end_at, row.time_zone}, snapshot.now()),
          .deleted_at = row.deleted_at,
          .updated_at = row.updated_at};
}

}  // namespace

std::optional<EventInfo> find_event(Snapshot& snapshot, EventId id) {
  const auto row = find_row(snapshot, id);
  if (!row || row->deleted_at) return std::nullopt;
  return info_of(snapshot, *row, list_pauses(snapshot, row->id));
}

std::optional<EventInfo> find_event_or_deleted(Snapshot& snapshot, EventId id) {
  const auto row = find_row(snapshot, id);
  if (!row) return std::nullopt;
  return info_of(snapshot, *row, list_pauses(snapshot, row->id));
}

std::optional<EventInfo> lock_event(Tx& tx, EventId id) {
  auto event = lock_event_or_deleted(tx, id);
  return event && event->deleted_at ? std::nullopt : event;
}

std::optional<EventInfo> lock_event_or_deleted(Tx& tx, EventId id) {
  const auto row = share_row(tx, id);
  if (!row) return std::nullopt;
  return info_of(tx, *row, list_pauses(tx, row->id));
}

std::vector<EventInfo> list_ever_active(Snapshot& snapshot, std::optional<EventId> after, std::int64_t limit) {
  std::vector<EventInfo> events;
  for (const auto& row : list_after(snapshot, after.value_or(EventId{}), limit))
    events.push_back(info_of(snapshot, row, list_pauses(snapshot, row.id)));
  return events;
}

std::vector<EventInfo> list_listening(Snapshot& snapshot, const std::vector<std::string>& topics, Instant at) {
  const auto rows = list_listeners(snapshot, topics, at);
  if (rows.empty()) return {};
  auto pauses = list_pauses_of_listeners(snapshot, topics, at);
  std::vector<EventInfo> events;
  for (const auto& row : rows) events.push_back(info_of(snapshot, row, std::move(pauses[row.id])));
  return events;
}

}  // namespace guerdon::event
