#include "event/messages.hpp"

#include "support/golden.hpp"

namespace guerdon::event {
namespace {

using test::check_golden;

const EventId event = EventId::parse("evt_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const ActorId actor = ActorId::parse("usr_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const Instant at = parse_rfc3339("2026-11-20T10:15:30.123Z").value();

TEST_CASE("EventCreated is what its readers know") {
  check_golden("event", EventCreated{.event_id = event,
                                     .name = "Seven days",
                                     .condition_type = "CONSECUTIVE_LOGIN",
                                     .condition_params = {{"days", 7}},
                                     .start_at = at,
                                     .end_at = at + std::chrono::days{30},
                                     .is_active = true,
                                     .time_zone = TimeZone::find("Asia/Seoul").value(),
                                     .approval = Approval::auto_,
                                     .created_by = actor,
                                     .created_at = at});
}

TEST_CASE("EventUpdated is what its readers know") {
  check_golden("event", EventUpdated{.event_id = event,
                                     .name = "Seven days",
                                     .condition_type = "CONSECUTIVE_LOGIN",
                                     .condition_params = {{"days", 7}},
                                     .start_at = at,
                                     .end_at = std::nullopt,
                                     .is_active = false,
                                     .time_zone = {},
                                     .approval = Approval::manual,
                                     .changed = {EventPart::period, EventPart::activity},
                                     .updated_by = actor,
                                     .updated_at = at});
}

TEST_CASE("EventDeleted is what its readers know") {
  check_golden("event", EventDeleted{.event_id = event, .name = "Seven days", .deleted_by = actor, .deleted_at = at});
}

TEST_CASE("EventRestored is what its readers know") {
  check_golden("event", EventRestored{.event_id = event,
                                      .name = "Seven days",
                                      .condition_type = "CONSECUTIVE_LOGIN",
                                      .condition_params = {{"days", 7}},
                                      .start_at = at,
                                      .end_at = at + std::chrono::days{30},
                                      .is_active = true,
                                      .time_zone = TimeZone::find("Asia/Seoul").value(),
                                      .approval = Approval::manual,
                                      .restored_by = actor,
                                      .restored_at = at});
}

}  // namespace
}  // namespace guerdon::event
