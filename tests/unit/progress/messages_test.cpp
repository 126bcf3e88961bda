// The JSON of what progress says, pinned: readers of the topics rely on it.
#include <catch2/catch.hpp>

#include "progress/messages.hpp"
#include "support/golden.hpp"

namespace guerdon::progress {
namespace {

using test::check_golden;

const event::EventId event_id = event::EventId::parse("evt_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const UserId user = UserId::parse("usr_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const MessageId message = MessageId::parse("msg_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const Instant at = parse_rfc3339("2026-11-20T10:15:30.123Z").value();

TEST_CASE("ActivityPosted is what its readers know") {
  check_golden("progress", ActivityPosted{.activity_id = ActivityId::parse("act_01jd3q6p8hfvmt3e8zkx0v9c2a").value(),
                                          .user_id = user,
                                          .occurred_at = at});
}

TEST_CASE("ConditionMet is what its readers know") {
  check_golden("progress", ConditionMet{.event_id = event_id, .user_id = user, .met_at = at});
}

TEST_CASE("EventProgressFailed is what its readers know") {
  check_golden("progress", EventProgressFailed{.user_id = user.to_string(),
                                               .message_id = message,
                                               .attempt = 3,
                                               .error = "the rule of the event can't be read"});
}

TEST_CASE("EventProgressDeadLettered is what its readers know") {
  check_golden("progress",
               EventProgressDeadLettered{.user_id = user.to_string(),
                                         .message_id = message,
                                         .attempt = 8,
                                         .error = "the rule of the event can't be read",
                                         .message = json::object{{"eventType", "UserLoggedIn"}, {"version", 1}}});
}

}  // namespace
}  // namespace guerdon::progress
