// SQL of the list of events. The filters are the same in each statement; what differs is what leads.
#include "listing.hpp"

#include "guerdon/page.hpp"

namespace guerdon::event {
namespace {

constexpr std::int64_t few = 1000;  // past that many, the next one of them is soon met on the way through all

// The rest of what is asked for is found by the primary key, from the newest on.
std::vector<EventRow> page_newest(Snapshot& snapshot, const EventFilter& f, const Uuid& before, std::int64_t limit) {
  return snapshot.list<EventRow>(
      "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE id < $10"
      " AND ($1 OR was_active) AND ($2 OR deleted_at IS NULL)"
      " AND ($3 IS NULL OR $3 = CASE WHEN NOT was_active THEN 'DRAFT' WHEN NOT is_active THEN 'PAUSED'"
      "   WHEN start_at > $4 THEN 'SCHEDULED' WHEN end_at <= $4 THEN 'ENDED' ELSE 'RUNNING' END)"
      " AND ($5 IS NULL OR is_active = $5)"
      " AND ($6 IS NULL OR condition_type = $6)"
      " AND ($7 IS NULL OR lower(name) LIKE lower($7) ESCAPE '\\')"
      " AND ($8 IS NULL OR end_at IS NULL OR end_at > $8)"
      " AND ($9 IS NULL OR start_at < $9)"
      " ORDER BY id DESC LIMIT $11",
      f.with_drafts, f.with_deleted, f.state, snapshot.now(), f.active, f.condition_type, f.name_like, f.from, f.to,
      before, limit);
}

std::vector<EventRow> page_of_type(Snapshot& snapshot, const EventFilter& f, const Uuid& before, std::int64_t limit) {
  return snapshot.list<EventRow>(
      "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE condition_type = $6 AND id < $9"
      " AND ($1 OR was_active) AND ($2 OR deleted_at IS NULL)"
      " AND ($3 IS NULL OR $3 = CASE WHEN NOT was_active THEN 'DRAFT' WHEN NOT is_active THEN 'PAUSED'"
      "   WHEN start_at > $4 THEN 'SCHEDULED' WHEN end_at <= $4 THEN 'ENDED' ELSE 'RUNNING' END)"
      " AND ($5 IS NULL OR is_active = $5)"
      " AND ($7 IS NULL OR lower(name) LIKE lower($7) ESCAPE '\\')"
      " AND ($8 IS NULL OR end_at IS NULL OR end_at > $8)"
      " AND ($10 IS NULL OR start_at < $10)"
      " ORDER BY id DESC LIMIT $11",
      f.with_drafts, f.with_deleted, f.state, snapshot.now(), f.active, f.condition_type.value_or(""), f.name_like,
      f.from, before, f.to, limit);
}

/// Drafts and paused ones.
std::vector<EventRow> page_inactive(Snapshot& snapshot, const EventFilter& f, const Uuid& before, std::int64_t limit) {
  return snapshot.list<EventRow>(
      "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE is_active = FALSE AND id < $8"
      " AND ($1 OR was_active) AND ($2 OR deleted_at IS NULL)"
      " AND ($3 IS NULL OR $3 = CASE WHEN was_active THEN 'PAUSED' ELSE 'DRAFT' END)"
      " AND ($4 IS NULL OR condition_type = $4)"
      " AND ($5 IS NULL OR lower(name) LIKE lower($5) ESCAPE '\\')"
      " AND ($6 IS NULL OR end_at IS NULL OR end_at > $6)"
      " AND ($7 IS NULL OR start_at < $7)"
      " ORDER BY id DESC LIMIT $9",
      f.with_drafts, f.with_deleted, f.state, f.condition_type, f.name_like, f.from, f.to, before, limit);
}

/// Are those that are active and not over few?
bool has_few_open(Snapshot& snapshot) {
  const auto open = snapshot.get<std::int64_t>(
      "SELECT count(*) FROM (SELECT 1 FROM event_events WHERE is_active AND end_at > $1"
      " UNION ALL SELECT 1 FROM event_events WHERE is_active AND end_at IS NULL LIMIT $2) AS open_ones",
      snapshot.now(), few);
  return open < few;
}

/// Scheduled and running ones, where they are few: however many are over, those are not looked at.
std::vector<EventRow> page_open(Snapshot& snapshot, const EventFilter& f, const Uuid& before, std::int64_t limit) {
  return snapshot.list<EventRow>(
      "WITH open_ones AS MATERIALIZED (SELECT id FROM event_events WHERE is_active AND end_at > $1"
      " UNION ALL SELECT id FROM event_events WHERE is_active AND end_at IS NULL)"
      " SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,"
      " time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events"
      " WHERE id IN (SELECT id FROM open_ones WHERE id < $8)"
      " AND ($2 OR deleted_at IS NULL)"
      " AND ($3 IS NULL OR $3 = CASE WHEN start_at > $1 THEN 'SCHEDULED' ELSE 'RUNNING' END)"
      " AND ($4 IS NULL OR condition_type = $4)"
      " AND ($5 IS NULL OR lower(name) LIKE lower($5) ESCAPE '\\')"
      " AND ($6 IS NULL OR end_at IS NULL OR end_at > $6)"
      " AND ($7 IS NULL OR start_at < $7)"
      " ORDER BY id DESC LIMIT $9",
      snapshot.now(), f.with_deleted, f.state, f.condition_type, f.name_like, f.from, f.to, before, limit);
}

bool is_inactive(EventState state) { return state == EventState::draft || state == EventState::paused; }

bool is_open(EventState state) { return state == EventState::scheduled || state == EventState::running; }

}  // namespace

std::vector<EventRow> page_events(Snapshot& snapshot, const EventFilter& filter, std::optional<Uuid> before,
                                  std::int64_t limit) {
  const Uuid from = below(before);
  if (filter.state ? is_inactive(*filter.state) : filter.active == false) {
    if (filter.active == true) return {};
    return page_inactive(snapshot, filter, from, limit);
  }
  if (filter.active == false) return {};
  if (filter.state && is_open(*filter.state) && has_few_open(snapshot)) return page_open(snapshot, filter, from, limit);
  if (filter.condition_type) return page_of_type(snapshot, filter, from, limit);
  return page_newest(snapshot, filter, from, limit);
}

}  // namespace guerdon::event
