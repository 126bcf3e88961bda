// What the event routes take and answer.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>

#include "condition_params.hpp"
#include "event/ids.hpp"
#include "event/types.hpp"
#include "guerdon/actor.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/page.hpp"

namespace guerdon::event {

struct EventPath {
  EventId id;
};
BOOST_DESCRIBE_STRUCT(EventPath, (), (id))

struct DeletableRule : AnyText {
  static constexpr std::string_view pattern = "^(evt|usr)_[0-7][0-9a-hjkmnp-tv-z]{25}$";
  static std::optional<std::string_view> fault(std::string_view text);
};
using DeletableId = Text<30, 30, DeletableRule>;  ///< an event's, or a user's for what is theirs in events

struct DeletablePath {
  DeletableId id;
};
BOOST_DESCRIBE_STRUCT(DeletablePath, (), (id))

struct EventQuery {
  std::optional<bool> include_deleted;  ///< AUDITOR and ADMIN only
};
BOOST_DESCRIBE_STRUCT(EventQuery, (), (include_deleted))

struct EventRegisterRequest {
  Text<1, 100> name;
  std::optional<Text<0, 2000, MultilineText>> description;
  Text<1, 40> condition_type;
  ConditionParams condition_params;
  Instant start_at;
  std::optional<Instant> end_at;
  std::optional<bool> is_active;      ///< default true
  std::optional<TimeZone> time_zone;  ///< default from the configuration
  std::optional<Approval> approval;   ///< default AUTO
};
BOOST_DESCRIBE_STRUCT(EventRegisterRequest, (),
                      (name, description, condition_type, condition_params, start_at, end_at, is_active, time_zone,
                       approval))

struct EventView {
  EventId id;
  std::string name;
  std::optional<std::string> description;
  std::string condition_type;
  json::object condition_params;
  Instant start_at;
  std::optional<Instant> end_at;
  bool is_active = false;
  TimeZone time_zone;
  Approval approval = Approval::auto_;
  EventState state = EventState::draft;
  ActorId created_by;
  Instant created_at, updated_at;
  Omittable<Instant> deleted_at{};
};
BOOST_DESCRIBE_STRUCT(EventView, (),
                      (id, name, description, condition_type, condition_params, start_at, end_at, is_active, time_zone,
                       approval, state, created_by, created_at, updated_at, deleted_at))

struct EventListQuery : PageQuery {
  std::optional<EventState> state;
  std::optional<bool> active;
  std::optional<Text<1, 40>> condition_type;
  std::optional<Text<1, 100>> q;        ///< part of the name, whatever the case
  std::optional<Instant> from, to;      ///< events whose period touches [from, to)
  std::optional<bool> include_deleted;  ///< AUDITOR and ADMIN only
};
BOOST_DESCRIBE_STRUCT(EventListQuery, (PageQuery), (state, active, condition_type, q, from, to, include_deleted))

}  // namespace guerdon::event
