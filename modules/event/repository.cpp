// SQL of events and their pauses.
#include "repository.hpp"

namespace guerdon::event {

void add_event(Tx& tx, const EventRow& e) {
  tx.exec(
      "INSERT INTO event_events (id, name, description, condition_type, condition_params, start_at, end_at, is_active,"
      " was_active, time_zone, approval, created_by, created_at, updated_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12, $12)",
      e.id, e.name, e.description, e.condition_type, e.condition_params, e.start_at, e.end_at, e.is_active, e.time_zone,
      e.approval, e.created_by, e.created_at);
}

std::optional<EventRow> find_row(Snapshot& snapshot, EventId id) {
  return snapshot.find<EventRow>(
      "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE id = $1",
      id);
}

std::optional<EventRow> lock_row(Tx& tx, EventId id) {
  static constexpr Sql sql{
      "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE id = $1",
      "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE id = $1 FOR UPDATE"};
  return tx.find<EventRow>(sql, id);
}

std::optional<EventRow> share_row(Tx& tx, EventId id) {
  static constexpr Sql sql{
      "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE id = $1",
      "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE id = $1 FOR SHARE"};
  return tx.find<EventRow>(sql, id);
}

void save_event(Tx& tx, const EventRow& e) {
  tx.exec(
      "UPDATE event_events SET name = $2, description = $3, condition_type = $4, condition_params = $5, start_at = $6,"
      " end_at = $7, is_active = $8, was_active = $9, time_zone = $10, approval = $11, updated_at = $12 WHERE id = $1",
      e.id, e.name, e.description, e.condition_type, e.condition_params, e.start_at, e.end_at, e.is_active,
      e.was_active, e.time_zone, e.approval, e.updated_at);
}

void set_deleted(Tx& tx, EventId id, std::optional<Instant> at) {
  tx.exec("UPDATE event_events SET deleted_at = $2 WHERE id = $1", id, at);
}

std::vector<EventRow> list_after(Snapshot& snapshot, EventId after, std::int64_t limit) {
  return snapshot.list<EventRow>(
      "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE was_active AND deleted_at IS NULL AND id > $1 ORDER BY id LIMIT $2",
      after, limit);
}

void mark_has_progress(Tx& tx, EventId id) {
  // First asked: a statement that may write makes what is remembered of events old, whether it finds a row or not.
  if (!tx.find<EventId>("SELECT id FROM event_events WHERE id = $1 AND NOT has_progress", id)) return;
  tx.exec("UPDATE event_events SET has_progress = TRUE WHERE id = $1 AND NOT has_progress", id);
}

void begin_pause(Tx& tx, EventId id, Instant from) {
  tx.exec(
      "INSERT INTO event_pauses (event_id, from_at) VALUES ($1, $2)"
      " ON CONFLICT (event_id, from_at) DO UPDATE SET to_at = NULL",
      id, from);
}

void end_pause(Tx& tx, EventId id, Instant to) {
  tx.exec("UPDATE event_pauses SET to_at = $2 WHERE event_id = $1 AND to_at IS NULL", id, to);
}

std::vector<Pause> list_pauses(Snapshot& snapshot, EventId id) {
  std::vector<Pause> pauses;
  snapshot.visit(
      "SELECT from_at, to_at FROM event_pauses WHERE event_id = $1 ORDER BY from_at",
      [&](const Row& row) {
        pauses.push_back({.from = column<Instant>(row, 0), .to = column<std::optional<Instant>>(row, 1)});
      },
      id);
  return pauses;
}

}  // namespace guerdon::event
