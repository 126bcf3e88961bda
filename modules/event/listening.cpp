// SQL of event_topics.
#include "listening.hpp"

#include "model.hpp"

namespace guerdon::event {
namespace {

/// Where RFC 3339 ends: of an event without an end.
constexpr Instant end_of_time{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

json::value as_array(const std::vector<std::string>& topics) {
  json::array array;
  for (const auto& topic : topics) array.emplace_back(topic);
  return array;
}

}  // namespace

void save_topics(Tx& tx, const EventRow& row) {
  tx.exec("DELETE FROM event_topics WHERE event_id = $1", row.id);
  if (!row.was_active) return;
  for (const auto& topic : condition_topics(row.condition_type, row.condition_params))
    tx.exec("INSERT INTO event_topics (topic, end_at, event_id) VALUES ($1, $2, $3)", topic,
            row.end_at.value_or(end_of_time), row.id);
}

// The end leads within a topic, past the events that are over, which only grow in number.
std::vector<EventRow> list_listeners(Snapshot& snapshot, const std::vector<std::string>& topics, Instant at) {
  static constexpr Sql sql{
      "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE was_active AND deleted_at IS NULL AND start_at <= $2 AND id IN (SELECT t.event_id FROM event_topics t"
      " WHERE t.topic IN (SELECT value FROM json_each($1)) AND t.end_at > $2) ORDER BY id",
      "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE was_active AND deleted_at IS NULL AND start_at <= $2 AND id IN (SELECT t.event_id FROM event_topics t"
      " WHERE t.topic IN (SELECT jsonb_array_elements_text($1)) AND t.end_at > $2) ORDER BY id"};
  return snapshot.list<EventRow>(sql, as_array(topics), at);
}

std::map<EventId, std::vector<Pause>> list_pauses_of_listeners(Snapshot& snapshot,
                                                               const std::vector<std::string>& topics, Instant at) {
  static constexpr Sql sql{
      "SELECT event_id, from_at, to_at FROM event_pauses WHERE event_id IN (SELECT t.event_id FROM event_topics t"
      " WHERE t.topic IN (SELECT value FROM json_each($1)) AND t.end_at > $2) ORDER BY event_id, from_at",
      "SELECT event_id, from_at, to_at FROM event_pauses WHERE event_id IN (SELECT t.event_id FROM event_topics t"
      " WHERE t.topic IN (SELECT jsonb_array_elements_text($1)) AND t.end_at > $2) ORDER BY event_id, from_at"};
  std::map<EventId, std::vector<Pause>> pauses;
  snapshot.visit(
      sql,
      [&](const Row& row) {
        pauses[column<EventId>(row, 0)].push_back(
            {.from = column<Instant>(row, 1), .to = column<std::optional<Instant>>(row, 2)});
      },
      as_array(topics), at);
  return pauses;
}

}  // namespace guerdon::event
