// What the auth module says of its own messages that somebody could not handle.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <string_view>

#include "guerdon/codec.hpp"
#include "guerdon/ids.hpp"

namespace guerdon::auth {

/// A consumer of an `auth.events.*` topic gave a message up; an operator can replay it. A message that is too large to
/// be repeated is named by its id alone.
struct AuthEventDeadLettered {
  static constexpr std::string_view topic = "auth.events.dlq", type = "AuthEventDeadLettered";
  std::string original_topic, original_key;
  MessageId message_id;
  std::string consumer;
  std::int64_t attempt = 0;
  std::string error;
  Omittable<json::value> message;
  [[nodiscard]] std::string key() const { return original_key; }
};
BOOST_DESCRIBE_STRUCT(AuthEventDeadLettered, (),
                      (original_topic, original_key, message_id, consumer, attempt, error, message))

}  // namespace guerdon::auth
