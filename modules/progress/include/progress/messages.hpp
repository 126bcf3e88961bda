// What the progress module says to others.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <string_view>

#include "event/messages.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/json.hpp"
#include "guerdon/time.hpp"

namespace guerdon::progress {

struct ActivityTag {
  static constexpr std::string_view prefix = "act";
};
using ActivityId = Id<ActivityTag>;

/// An activity of a user was stored; it has not been counted yet. For the modules only, without its attributes.
struct ActivityPosted {
  static constexpr std::string_view topic = "progress.activity", type = "ActivityPosted";
  static constexpr bool is_internal = true;
  ActivityId activity_id;
  UserId user_id;
  Instant occurred_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(ActivityPosted, (), (activity_id, user_id, occurred_at))

/// A user has met an event's condition; said once per user and event, in the transaction that counted the last fact,
/// and again only after the user's event data was deleted or restored, or once they may take part again. For the
/// modules only: it is not a topic of the outside.
struct ConditionMet {
  static constexpr std::string_view topic = "progress.condition", type = "ConditionMet";
  static constexpr bool is_internal = true;
  event::EventId event_id;
  UserId user_id;
  Instant met_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(ConditionMet, (), (event_id, user_id, met_at))

/// An attempt to count a fact failed; it will be tried again.
struct EventProgressFailed {
  static constexpr std::string_view topic = "event.progress.failed", type = "EventProgressFailed";
  std::string user_id;
  MessageId message_id;
  std::int64_t attempt = 0;
  std::string error;
  [[nodiscard]] std::string key() const { return user_id; }
};
BOOST_DESCRIBE_STRUCT(EventProgressFailed, (), (user_id, message_id, attempt, error))

/// The last attempt failed: the fact waits for an operator. Carries the message that could not be counted.
struct EventProgressDeadLettered {
  static constexpr std::string_view topic = "event.progress.dlq", type = "EventProgressDeadLettered";
  std::string user_id;
  MessageId message_id;
  std::int64_t attempt = 0;
  std::string error;
  json::value message;
  [[nodiscard]] std::string key() const { return user_id; }
};
BOOST_DESCRIBE_STRUCT(EventProgressDeadLettered, (), (user_id, message_id, attempt, error, message))

}  // namespace guerdon::progress
