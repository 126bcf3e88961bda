// Decisions of operators as rows, on both engines: who may decide what, what a decision does, what it leaves alone.
#include "support/decisions.hpp"
#include "modules/reward/model.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using reward::RequestStatus;
namespace refusals = reward::refusals;

namespace {

json::object details(const reward::RequestView& request) {
  return {{"eventId", request.event_id.to_string()}, {"userId", request.user_id.to_string()}};
}

json::object details(const reward::RequestView& request, bool is_override) {
  auto of_request = details(request);
  of_request["override"] = is_override;
  return of_request;
}

}  // namespace

TEST_CASE("an operator approves a waiting request and the answer says who, when and what was granted") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  const auto reward = campaign.add_reward(event.id, 50, 3);
  const auto asked = campaign.waiting_and_met(event.id);
  CHECK(asked.status == RequestStatus::pending);
  CHECK(asked.eligible);
  campaign.advance(1min);

  const auto approved = campaign.approve(campaign.by_operator(), asked.id,
                                         {.override_ = {}, .reason = reward::Reason::parse("well done")});
  REQUIRE(approved);
  CHECK(approved->status == RequestStatus::approved);
  CHECK(approved->eligible);
  CHECK(approved->operator_id == ActorId::trusted(campaign.operator_id.to_string()));
  CHECK(approved->processed_at == asked.requested_at + 1min);
  CHECK(approved->updated_at == asked.requested_at + 1min);
  CHECK(approved->reason == "well done");
  REQUIRE(approved->grants.size() == 1);
  CHECK(approved->grants[0].reward_id == reward.id);
  CHECK(campaign.points_of(asked.user_id) == 50);
  CHECK(campaign.get(event.id, reward.id).remaining == 2);
  CHECK(campaign.get(event.id, reward.id).granted == 1);
  CHECK(to_json(campaign.get(asked.id)) == to_json(*approved));
  CHECK(campaign.count_messages("RewardRequestApproved") == 1);
  CHECK(campaign.store.outbox.messages().back().type == "RewardGranted");
  campaign.check_invariants();

  const auto entries = campaign.audited(asked.id.to_string());
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].action == "request.approved");
  CHECK(entries[0].actor == campaign.operator_id.to_string());
  CHECK(json::parse(entries[0].details) == json::value(details(asked, false)));
}

TEST_CASE("who has not met the condition is approved only by an override with a reason") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(GENERATE(manual_day, auto_day));
  campaign.add_reward(event.id, 50, 3);
  const auto asked = campaign.waiting(event.id);
  CHECK(campaign.approve(asked.id).error().problem == refusals::not_eligible);
  const auto silent = campaign.approve(campaign.by_operator(), asked.id, {.override_ = true, .reason = {}});
  REQUIRE_FALSE(silent);
  CHECK(silent.error().faults == std::vector<Fault>{{"/reason", false, "required", "is required for an override"}});
  CHECK(campaign.get(asked.id).status == RequestStatus::pending);
  CHECK(campaign.points_of(asked.user_id) == 0);
  CHECK(campaign.audited(asked.id.to_string()).empty());

  const auto approved = campaign.override_(asked.id, "our servers were down");
  REQUIRE(approved);
  CHECK(approved->status == RequestStatus::approved);
  CHECK_FALSE(approved->eligible);
  CHECK(approved->reason == "our servers were down");
  CHECK(campaign.points_of(asked.user_id) == 50);
  const auto entries = campaign.audited(asked.id.to_string());
  REQUIRE(entries.size() == 1);
  auto expected = details(asked, true);
  expected["reason"] = "our servers were down";
  CHECK(json::parse(entries[0].details) == json::value(expected));
  campaign.check_invariants();
}

TEST_CASE("a rejection says its reason, gives back the stock, and the user may ask again") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  const auto reward = campaign.add_reward(event.id, 50, 1);
  const auto asked = campaign.waiting_and_met(event.id);
  CHECK(campaign.get(event.id, reward.id).remaining == 0);
  const auto other = campaign.new_user();
  CHECK(campaign.ask(event.id, other).error().problem == refusals::rewards_exhausted);

  const auto rejected = campaign.reject(asked.id);
  REQUIRE(rejected);
  CHECK(rejected->status == RequestStatus::rejected);
  CHECK(rejected->reason == "not now");
  CHECK(rejected->operator_id == ActorId::trusted(campaign.operator_id.to_string()));
  CHECK(rejected->processed_at == campaign.store.clock.now());
  CHECK(rejected->grants.empty());
  CHECK(campaign.get(event.id, reward.id).remaining == 1);
  CHECK(campaign.points_of(asked.user_id) == 0);
  CHECK(campaign.count_messages("RewardRequestRejected") == 1);
  const auto entries = campaign.audited(asked.id.to_string());
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].action == "request.rejected");
  CHECK(entries[0].actor == campaign.operator_id.to_string());
  CHECK(json::parse(entries[0].details) == json::value(details(asked)));

  const auto again = campaign.ask(event.id, asked.user_id);
  REQUIRE(again);
  CHECK(again->id != asked.id);
  CHECK(campaign.get(event.id, reward.id).remaining == 0);
  CHECK(campaign.approve(again->id));
  CHECK(campaign.points_of(asked.user_id) == 50);
  CHECK(campaign.get(asked.id).status == RequestStatus::rejected);
  campaign.check_invariants();
}

TEST_CASE("what is decided stays decided, whoever tries again and however") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  campaign.add_reward(event.id, 50, 5);
  const auto approved = campaign.waiting_and_met(event.id);
  const auto rejected = campaign.waiting_and_met(event.id);
  REQUIRE(campaign.approve(approved.id));
  REQUIRE(campaign.reject(rejected.id));
  for (const auto& request : {approved, rejected}) {
    const auto before = to_json(campaign.get(request.id));
    const auto refused = campaign.approve(request.id);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().problem == refusals::not_pending);
    const json::object named{{"id", request.id.to_string()}, {"status", wire_name(campaign.get(request.id).status)}};
    CHECK(refused.error().members.at("request") == named);
    CHECK(campaign.override_(request.id, "once more").error().problem == refusals::not_pending);
    CHECK(campaign.reject(request.id).error().problem == refusals::not_pending);
    CHECK(campaign.approve_all({request.id}).failed.at(0).code == "not-pending");
    CHECK(to_json(campaign.get(request.id)) == before);
    CHECK(campaign.audited(request.id.to_string()).size() == 1);
  }
  CHECK(campaign.points_of(approved.user_id) == 50);
  CHECK(campaign.points_of(rejected.user_id) == 0);
  campaign.check_invariants();
}

TEST_CASE("a bulk approval approves each for itself and says why it could not approve the others") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(auto_day);
  campaign.add_reward(event.id, 50);
  const auto manual = campaign.create_event(manual_day);
  campaign.add_reward(manual.id, 7);
  const auto scarce = campaign.create_event(auto_day);
  const auto last_one = campaign.add_reward(scarce.id, 9, 1);
  const auto first_of_scarce = campaign.waiting(scarce.id);
  const auto second_of_scarce = campaign.waiting(scarce.id);
  for (const auto& request : {first_of_scarce, second_of_scarce}) campaign.log_in(request.user_id);

  const auto good = campaign.waiting_and_met(manual.id);
  const auto too_early = campaign.waiting(event.id);
  const auto rejected = campaign.waiting_and_met(manual.id);
  REQUIRE(campaign.reject(rejected.id));
  const auto own = [&] {
    const auto user = campaign.new_user({Role::user, Role::operator_});
    campaign.log_in(user);
    return campaign.ask(manual.id, user).value();
  }();
  const reward::RequestId unknown{};

  reward::BulkApproveRequest which;
  which.ids = {rejected.id, good.id, own.id, second_of_scarce.id, unknown, too_early.id, first_of_scarce.id, good.id};
  reward::BulkProgress progress;
  const auto answered = campaign.store->write([&](Tx& tx) {
    return reward::approve_next(tx, Campaign::as(own.user_id, {Role::user, Role::operator_}), which, progress);
  });
  REQUIRE(answered);
  const auto& result = *answered;
  REQUIRE(result);
  CHECK(result->approved == std::vector{good.id, second_of_scarce.id});
  std::vector<std::pair<reward::RequestId, std::string>> failed;
  for (const auto& failure : result->failed) failed.emplace_back(failure.id, failure.code);
  CHECK(failed == std::vector<std::pair<reward::RequestId, std::string>>{{rejected.id, "not-pending"},
                                                                         {own.id, "own-request"},
                                                                         {unknown, "not-found"},
                                                                         {too_early.id, "not-eligible"},
                                                                         {first_of_scarce.id, "rewards-exhausted"}});
  for (const auto& request : {own, too_early, first_of_scarce})
    CHECK(campaign.get(request.id).status == RequestStatus::pending);
  CHECK(campaign.get(rejected.id).status == RequestStatus::rejected);
  CHECK(campaign.points_of(good.user_id) == 7);
  CHECK(campaign.get(scarce.id, last_one.id).granted == 1);
  CHECK(campaign.count_messages("RewardRequestApproved") == 2);
  for (const auto& request : {good, second_of_scarce}) {
    const auto entries = campaign.audited(request.id.to_string());
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].action == "request.approved");
    CHECK(entries[0].actor == own.user_id.to_string());
  }
  campaign.check_invariants();
}

TEST_CASE("nobody decides their own request, whatever their roles") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  campaign.add_reward(event.id, 50);
  const RoleSet roles{Role::user, Role::operator_, Role::admin};
  const auto user = campaign.new_user(roles);
  campaign.log_in(user);
  const auto asked = campaign.ask(event.id, user).value();
  const auto self = Campaign::as(user, roles);
  CHECK(campaign.approve(self, asked.id).error().problem == refusals::own_request);
  CHECK(
      campaign.approve(self, asked.id, {.override_ = true, .reason = reward::Reason::parse("I may")}).error().problem ==
      refusals::own_request);
  CHECK(campaign.reject(self, asked.id).error().problem == refusals::own_request);
  CHECK(campaign.get(asked.id).status == RequestStatus::pending);
  // The table refuses it too.
  CHECK_THROWS(campaign.store->write([&](Tx& tx) -> Result<std::int64_t> {
    return tx.exec("UPDATE reward_requests SET operator_id = user_id WHERE id = $1", asked.id);
  }));
  CHECK(campaign.approve(asked.id));
}

TEST_CASE("a service key decides under its own name") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  campaign.add_reward(event.id, 50, 5);
  Caller key;
  key.key = KeyId::parse("key_01jd3q6p8hfvmt3e8zkx0v9c2a");
  key.roles = {Role::operator_};
  const auto first = campaign.waiting_and_met(event.id);
  const auto second = campaign.waiting_and_met(event.id);
  const auto approved = campaign.approve(key, first.id);
  REQUIRE(approved);
  CHECK(approved->operator_id == ActorId::trusted("key_01jd3q6p8hfvmt3e8zkx0v9c2a"));
  CHECK(campaign.reject(key, second.id)->operator_id == ActorId::trusted("key_01jd3q6p8hfvmt3e8zkx0v9c2a"));
  for (const auto& request : {first, second})
    CHECK(campaign.audited(request.id.to_string()).at(0).actor == "key_01jd3q6p8hfvmt3e8zkx0v9c2a");
}

TEST_CASE("the requests of an event that is gone and of a user who is going are frozen") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  campaign.add_reward(event.id, 50, 2);
  const auto leaver = campaign.waiting_and_met(event.id);
  const auto stayer = campaign.waiting_and_met(event.id);
  campaign.execute("UPDATE auth_users SET status = 'DELETING' WHERE id = $1", leaver.user_id.uuid());
  CHECK(campaign.approve(leaver.id).error().problem == problems::user_deleted);
  CHECK(campaign.reject(leaver.id).error().problem == problems::user_deleted);
  CHECK(campaign.approve_all({leaver.id}).failed.at(0).code == "user-deleted");
  campaign.execute("UPDATE auth_users SET status = 'ACTIVE' WHERE id = $1", leaver.user_id.uuid());
  CHECK(campaign.approve(leaver.id));

  campaign.execute("DELETE FROM event_events WHERE id = $1", event.id.uuid());
  CHECK(campaign.approve(stayer.id).error().problem == refusals::event_deleted);
  CHECK(campaign.override_(stayer.id, "all the same").error().problem == refusals::event_deleted);
  CHECK(campaign.reject(stayer.id).error().problem == refusals::event_deleted);
  CHECK(campaign.approve_all({stayer.id}).failed.at(0).code == "event-deleted");
}

TEST_CASE("an AUTO request takes stock when it is approved, and one that finds none waits on") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(auto_day);
  const auto plenty = campaign.add_reward(event.id, 10, 9);
  const auto scarce = campaign.add_reward(event.id, 20, 1);
  const auto first = campaign.waiting(event.id);
  const auto second = campaign.waiting(event.id);
  CHECK(campaign.get(event.id, scarce.id).remaining == 1);
  REQUIRE(campaign.override_(first.id, "a gift"));
  CHECK(campaign.get(event.id, scarce.id).remaining == 0);
  CHECK(campaign.override_(second.id, "another").error().problem == refusals::rewards_exhausted);
  CHECK(campaign.get(second.id).status == RequestStatus::pending);
  CHECK(campaign.get(event.id, plenty.id).remaining == 8);
  CHECK(campaign.points_of(second.user_id) == 0);
  CHECK(campaign.count_messages("RewardRequestApproved") == 1);
  REQUIRE(campaign.reject(second.id));
  CHECK(campaign.get(event.id, plenty.id).remaining == 8);
  CHECK(campaign.get(event.id, scarce.id).remaining == 0);
  campaign.check_invariants();
}

TEST_CASE("a request gives back exactly what it held, whatever became of the rewards meanwhile") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  const auto limited = campaign.add_reward(event.id, 10, 5);
  const auto unlimited = campaign.add_reward(event.id, 20);
  const auto asked = campaign.waiting_and_met(event.id);
  const auto other = campaign.waiting_and_met(event.id);
  const auto later = campaign.add_reward(event.id, 30, 0);
  campaign.execute("UPDATE reward_rewards SET quantity = 4, remaining = 2 WHERE id = $1", unlimited.id.uuid());
  CHECK(campaign.get(event.id, limited.id).remaining == 3);

  CHECK(campaign.approve(asked.id).error().problem == refusals::rewards_exhausted);
  CHECK(campaign.get(event.id, limited.id).remaining == 3);
  REQUIRE(campaign.reject(asked.id));
  CHECK(campaign.get(event.id, limited.id).remaining == 4);
  CHECK(campaign.get(event.id, unlimited.id).remaining == 3);
  CHECK(campaign.get(event.id, later.id).remaining == 0);

  campaign.execute("DELETE FROM reward_rewards WHERE id = $1", later.id.uuid());
  REQUIRE(campaign.approve(other.id));
  CHECK(campaign.get(event.id, limited.id).remaining == 4);
  CHECK(campaign.get(event.id, unlimited.id).remaining == 3);
  campaign.check_invariants();
}

TEST_CASE("an event whose rewards are gone has nothing to approve") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  const auto reward = campaign.add_reward(event.id, 10);
  const auto asked = campaign.waiting_and_met(event.id);
  campaign.execute("DELETE FROM reward_rewards WHERE id = $1", reward.id.uuid());
  CHECK(campaign.approve(asked.id).error().problem == refusals::no_rewards);
  CHECK(campaign.get(asked.id).status == RequestStatus::pending);
  CHECK(campaign.reject(asked.id));
}

TEST_CASE("a request that held stock and ends exhausted gives it back") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  const auto held = campaign.add_reward(event.id, 10, 5);
  const auto asked = campaign.waiting_and_met(event.id);
  campaign.add_reward(event.id, 20, 0);
  campaign.edit_event(event, auto_day);
  campaign.serve_backlog();
  const auto ended = campaign.get(asked.id);
  CHECK(ended.status == RequestStatus::rejected);
  CHECK(ended.reason == "rewards-exhausted");
  CHECK_FALSE(ended.operator_id);
  CHECK(campaign.get(event.id, held.id).remaining == 5);
  campaign.check_invariants();
}

TEST_CASE("whom an operator has rejected is not served unasked, and may ask again") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(auto_day);
  campaign.add_reward(event.id, 10);
  const auto asked = campaign.waiting(event.id);
  REQUIRE(campaign.reject(asked.id));
  campaign.log_in(asked.user_id);
  campaign.serve(event.id, asked.user_id);
  CHECK(campaign.points_of(asked.user_id) == 0);
  const auto again = campaign.ask(event.id, asked.user_id);
  REQUIRE(again);
  CHECK(again->status == RequestStatus::approved);
  CHECK(campaign.points_of(asked.user_id) == 10);
}

TEST_CASE("while an event is paused, and after its end, its requests can be decided") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(
      R"({"approval": "MANUAL", "conditionParams": {"days": 1}, "endAt": "2026-03-09T12:00:00Z"})");
  campaign.add_reward(event.id, 10);
  const auto paused = campaign.waiting_and_met(event.id);
  const auto over = campaign.waiting_and_met(event.id);
  campaign.edit_event(event, R"({"approval": "MANUAL", "conditionParams": {"days": 1}, "isActive": false,
                                 "endAt": "2026-03-09T12:00:00Z"})");
  CHECK(campaign.approve(paused.id));
  campaign.edit_event(event, R"({"approval": "MANUAL", "conditionParams": {"days": 1},
                                 "endAt": "2026-03-09T12:00:00Z"})");
  campaign.store.clock.set(at("2026-03-10T12:00:00Z"));
  CHECK(campaign.approve(over.id));
}
