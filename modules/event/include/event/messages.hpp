// What the event module says to others. Whole descriptions, so that a reader needs no second call.
#pragma once

#include <algorithm>
#include <boost/describe.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/ids.hpp"
#include "event/types.hpp"
#include "guerdon/actor.hpp"
#include "guerdon/codec.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/time.hpp"

namespace guerdon::event {

struct EventCreated {
  static constexpr std::string_view topic = "event.lifecycle", type = "EventCreated";
  EventId event_id;
  std::string name;
  std::string condition_type;
  json::object condition_params;
  Instant start_at;
  std::optional<Instant> end_at;
  bool is_active = false;
  TimeZone time_zone;
  Approval approval = Approval::auto_;
  ActorId created_by;
  Instant created_at;
  [[nodiscard]] std::string key() const { return event_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(EventCreated, (),
                      (event_id, name, condition_type, condition_params, start_at, end_at, is_active, time_zone,
                       approval, created_by, created_at))

/// Said for every change, also when an event is paused or goes on; `changed` says what the change touched.
struct EventUpdated {
  static constexpr std::string_view topic = "event.lifecycle", type = "EventUpdated";
  EventId event_id;
  std::string name;
  std::string condition_type;
  json::object condition_params;
  Instant start_at;
  std::optional<Instant> end_at;
  bool is_active = false;
  TimeZone time_zone;
  Approval approval = Approval::auto_;
  std::vector<EventPart> changed;  ///< in the order of their declaration; empty where nothing differs
  ActorId updated_by;
  Instant updated_at;
  [[nodiscard]] std::string key() const { return event_id.to_string(); }
  [[nodiscard]] bool touches(std::initializer_list<EventPart> parts) const {
    return std::any_of(parts.begin(), parts.end(),
                       [this](EventPart part) { return std::ranges::find(changed, part) != changed.end(); });
  }
};
BOOST_DESCRIBE_STRUCT(EventUpdated, (),
                      (event_id, name, condition_type, condition_params, start_at, end_at, is_active, time_zone,
                       approval, changed, updated_by, updated_at))

/// Softly deleted, with its rewards: nothing is counted and nothing requested until it is restored.
struct EventDeleted {
  static constexpr std::string_view topic = "event.lifecycle", type = "EventDeleted";
  EventId event_id;
  std::string name;
  ActorId deleted_by;
  Instant deleted_at;
  [[nodiscard]] std::string key() const { return event_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(EventDeleted, (), (event_id, name, deleted_by, deleted_at))

/// As if it had never been deleted: what users did meanwhile counts.
struct EventRestored {
  static constexpr std::string_view topic = "event.lifecycle", type = "EventRestored";
  EventId event_id;
  std::string name;
  std::string condition_type;
  json::object condition_params;
  Instant start_at;
  std::optional<Instant> end_at;
  bool is_active = false;
  TimeZone time_zone;
  Approval approval = Approval::auto_;
  ActorId restored_by;
  Instant restored_at;
  [[nodiscard]] std::string key() const { return event_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(EventRestored, (),
                      (event_id, name, condition_type, condition_params, start_at, end_at, is_active, time_zone,
                       approval, restored_by, restored_at))

}  // namespace guerdon::event
