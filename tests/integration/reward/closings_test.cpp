// Requests that still wait seven days after an event's end, as rows, on both engines.
#include "support/decisions.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using reward::RequestStatus;

namespace {

/// Three log-ins are too many for those who ask and don't log in: they wait.
std::string ending(const std::string& approval, const std::string& end = R"("2026-03-09T12:00:00Z")") {
  return R"({"approval": ")" + approval + R"(", "endAt": )" + end + "}";
}

const Instant closing = at("2026-03-16T12:00:00Z");

}  // namespace

TEST_CASE("what still waits seven days after the end is rejected as over, and its stock given back") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(ending(GENERATE("AUTO", "MANUAL")));
  const auto reward = campaign.add_reward(event.id, 10, 5);
  const auto waiting = campaign.waiting(event.id);
  const auto approved = campaign.waiting(event.id);
  REQUIRE(campaign.override_(approved.id, "a gift"));
  campaign.plan_closing(event.id);
  CHECK(campaign.close_batch().next_at == closing);

  campaign.store.clock.set(closing - 1ms);
  campaign.close();
  CHECK(campaign.get(waiting.id).status == RequestStatus::pending);
  campaign.store.clock.set(closing);
  campaign.close();
  const auto over = campaign.get(waiting.id);
  CHECK(over.status == RequestStatus::rejected);
  CHECK(over.reason == "event-over");
  CHECK(over.processed_at == closing);
  CHECK_FALSE(over.operator_id);
  CHECK(campaign.get(approved.id).status == RequestStatus::approved);
  CHECK(campaign.get(event.id, reward.id).remaining == 4);
  CHECK(campaign.count_messages("RewardRequestRejected") == 1);
  const auto entries = campaign.audited(waiting.id.to_string());
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].action == "request.rejected");
  CHECK_FALSE(entries[0].actor);
  CHECK(json::parse(entries[0].details) == json::value{{"eventId", event.id.to_string()},
                                                       {"userId", waiting.user_id.to_string()},
                                                       {"reason", "event-over"}});
  campaign.check_invariants();

  campaign.advance(1h);
  campaign.close();
  CHECK(campaign.close_batch().next_at == std::nullopt);
  CHECK(campaign.count_messages("RewardRequestRejected") == 1);
}

TEST_CASE("many waiting requests are rejected in batches") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(ending("MANUAL"));
  const auto reward = campaign.add_reward(event.id, 10, 100);
  std::vector<reward::RequestView> waiting;
  for (int i = 0; i < 45; ++i) waiting.push_back(campaign.waiting(event.id));
  campaign.plan_closing(event.id);
  campaign.store.clock.set(closing + 1h);
  for (const std::int64_t held : {25, 5, 0}) {
    CHECK(campaign.close_batch().more);
    CHECK(campaign.get(event.id, reward.id).remaining == 100 - held);
  }
  CHECK_FALSE(campaign.close_batch().more);
  for (const auto& request : waiting) CHECK(campaign.get(request.id).reason == "event-over");
  campaign.check_invariants();
}

TEST_CASE("an event that got another end, or none, is closed then, or never") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(ending("MANUAL"));
  campaign.add_reward(event.id, 10);
  const auto waiting = campaign.waiting(event.id);
  campaign.plan_closing(event.id);
  // The job may come before the message that tells of the change.
  campaign.edit_event(event, ending("MANUAL", R"("2026-03-19T12:00:00Z")"));
  campaign.store.clock.set(closing);
  campaign.close();
  CHECK(campaign.close_batch().next_at == closing + 10 * 24h);
  campaign.plan_closing(event.id);
  campaign.plan_closing(event.id);
  CHECK(campaign.close_batch().next_at == closing + 10 * 24h);
  campaign.edit_event(event, ending("MANUAL", "null"));
  campaign.store.clock.set(closing + 11 * 24h);
  campaign.close();
  CHECK(campaign.close_batch().next_at == std::nullopt);
  CHECK(campaign.get(waiting.id).status == RequestStatus::pending);

  campaign.edit_event(event, ending("MANUAL"));
  campaign.plan_closing(event.id);
  campaign.close();
  CHECK(campaign.get(waiting.id).reason == "event-over");
}

TEST_CASE("frozen requests are passed over and closed once they are back") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(ending("MANUAL"));
  const auto reward = campaign.add_reward(event.id, 10, 100);
  std::vector<reward::RequestView> waiting;
  for (int i = 0; i < 25; ++i) waiting.push_back(campaign.waiting(event.id));
  const auto& leaver = waiting[12];
  campaign.execute("UPDATE auth_users SET status = 'DELETED' WHERE id = $1", leaver.user_id.uuid());
  campaign.plan_closing(event.id);
  campaign.store.clock.set(closing + 1h);
  campaign.close();
  for (const auto& request : waiting)
    CHECK(campaign.get(request.id).status ==
          (request.id == leaver.id ? RequestStatus::pending : RequestStatus::rejected));
  CHECK(campaign.get(event.id, reward.id).remaining == 99);
  CHECK(campaign.close_batch().next_at == closing + 25h);

  campaign.execute("UPDATE auth_users SET status = 'ACTIVE' WHERE id = $1", leaver.user_id.uuid());
  campaign.advance(24h);
  campaign.close();
  CHECK(campaign.get(leaver.id).reason == "event-over");
  CHECK(campaign.get(event.id, reward.id).remaining == 100);
  CHECK(campaign.close_batch().next_at == std::nullopt);
}

TEST_CASE("an event that is gone is looked at again a day later, and holds up no other") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto gone = campaign.create_event(ending("MANUAL"));
  const auto other = campaign.create_event(ending("MANUAL"));
  for (const auto& event : {gone, other}) campaign.add_reward(event.id, 10);
  const auto frozen = campaign.waiting(gone.id);
  const auto waiting = campaign.waiting(other.id);
  for (const auto& event : {gone, other}) campaign.plan_closing(event.id);
  campaign.execute("DELETE FROM event_events WHERE id = $1", gone.id.uuid());
  campaign.store.clock.set(closing + 1h);
  campaign.close();
  CHECK(campaign.get(frozen.id).status == RequestStatus::pending);
  CHECK(campaign.get(waiting.id).reason == "event-over");
  CHECK(campaign.close_batch().next_at == closing + 25h);
}
