// The JSON of what reward says, pinned: readers of the topics rely on it.
#include <catch2/catch.hpp>

#include "reward/messages.hpp"
#include "support/golden.hpp"

namespace guerdon::reward {
namespace {

using test::check_golden;

const event::EventId event_id = event::EventId::parse("evt_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const UserId user = UserId::parse("usr_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const RequestId request = RequestId::parse("req_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const RewardId reward_id = RewardId::parse("rwd_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const Instant at = parse_rfc3339("2026-11-20T10:15:30.123Z").value();

TEST_CASE("RewardRequested is what its readers know") {
  check_golden("reward",
               RewardRequested{.request_id = request, .user_id = user, .event_id = event_id, .requested_at = at});
}

TEST_CASE("RewardRequestApproved is what its readers know") {
  check_golden("reward", RewardRequestApproved{.request_id = request,
                                               .user_id = user,
                                               .event_id = event_id,
                                               .processed_at = at,
                                               .operator_id = ActorId::trusted("usr_01jd3q6p8hfvmt3e8zkx0v9c2b")});
}

TEST_CASE("RewardRequestRejected is what its readers know") {
  check_golden("reward", RewardRequestRejected{.request_id = request,
                                               .user_id = user,
                                               .event_id = event_id,
                                               .processed_at = at,
                                               .reason = "rewards-exhausted",
                                               .operator_id = {}});
}

TEST_CASE("RewardGranted is what its readers know") {
  check_golden("reward", RewardGranted{.request_id = request,
                                       .reward_id = reward_id,
                                       .user_id = user,
                                       .event_id = event_id,
                                       .reward_type = RewardType::point,
                                       .metadata = {{"amount", 500}},
                                       .granted_at = at});
}

}  // namespace
}  // namespace guerdon::reward
