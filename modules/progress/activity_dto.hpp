// What the routes of activities take and answer.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>

#include "event/conditions.hpp"
#include "guerdon/codec.hpp"

namespace guerdon::progress {

struct ActivityInput {
  UserId user_id;
  event::ActivityType type;
  std::optional<Text<1, 100>> id;      ///< default: made by the server, and then nothing is recognised as a repeat
  std::optional<Instant> occurred_at;  ///< default now
  std::optional<FreeForm> attributes;
};
BOOST_DESCRIBE_STRUCT(ActivityInput, (), (user_id, type, id, occurred_at, attributes))

struct ActivityBatch {
  List<ActivityInput, 1, 1000> items;
};
BOOST_DESCRIBE_STRUCT(ActivityBatch, (), (items))

struct ActivityAccepted {
  std::string id;
};
BOOST_DESCRIBE_STRUCT(ActivityAccepted, (), (id))

struct BatchAccepted {
  std::int64_t accepted = 0;
  std::int64_t duplicates = 0;
};
BOOST_DESCRIBE_STRUCT(BatchAccepted, (), (accepted, duplicates))

}  // namespace guerdon::progress
