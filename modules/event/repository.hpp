// The rows of the event module. SQL only; no decisions.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "event/ports.hpp"
#include "guerdon/actor.hpp"
#include "guerdon/store.hpp"

namespace guerdon::event {

struct EventRow {
  EventId id;
  std::string name;
  std::optional<std::string> description;
  std::string condition_type;
  json::object condition_params;
  Instant start_at;
  std::optional<Instant> end_at;
  bool is_active = false;
  bool was_active = false;
  TimeZone time_zone;
  Approval approval = Approval::auto_;
  bool has_progress = false;
  ActorId created_by;
  Instant created_at, updated_at;
  std::optional<Instant> deleted_at;
};
BOOST_DESCRIBE_STRUCT(EventRow, (),
                      (id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,
                       time_zone, approval, has_progress, created_by, created_at, updated_at, deleted_at))

void add_event(Tx& tx, const EventRow& row);
/// The row, which nobody else changes until the commit.
std::optional<EventRow> lock_row(Tx& tx, EventId id);
/// The row, which nobody changes until the commit; others may hold it so at the same time.
std::optional<EventRow> share_row(Tx& tx, EventId id);
std::optional<EventRow> find_row(Snapshot& snapshot, EventId id);
void save_event(Tx& tx, const EventRow& row);
/// Deleted at that time, or not deleted.
void set_deleted(Tx& tx, EventId id, std::optional<Instant> at);
/// Events that have been active and are not deleted, by id, after `after`.
std::vector<EventRow> list_after(Snapshot& snapshot, EventId after, std::int64_t limit);

void begin_pause(Tx& tx, EventId id, Instant from);
void end_pause(Tx& tx, EventId id, Instant to);
std::vector<Pause> list_pauses(Snapshot& snapshot, EventId id);

}  // namespace guerdon::event
