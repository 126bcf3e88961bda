// Who is served without asking, and who is not, as rows on both engines: stale messages, pools, damage.
#include "modules/progress/user_data.hpp"
#include "support/decisions.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using reward::RequestStatus;

namespace {

struct Served : DecidedCampaign {
  using DecidedCampaign::DecidedCampaign;

  UserId eligible_user() {
    const auto user = new_user();
    log_in(user);
    return user;
  }
  reward::RewardId add_pool(event::EventId event) {
    return add_reward(event, {{"type", "COUPON"}, {"metadata", json::object{}}}).id;
  }
  void fill(event::EventId event, reward::RewardId pool, const std::vector<std::string>& codes) {
    reward::CodesRequest request;
    for (const auto& code : codes) request.codes.push_back(reward::CouponCode::parse(code).value());
    REQUIRE(store->write([&](Tx& tx) { return catalogue.add_codes(tx, by_operator(), event, pool, request); }));
  }
  /// Metadata that no reward can have, as damage would leave it.
  void damage(reward::RewardId reward) {
    execute("UPDATE reward_rewards SET metadata = '{}' WHERE id = $1", reward.uuid());
  }
  void repair(reward::RewardId reward) {
    execute("UPDATE reward_rewards SET metadata = '{\"amount\":10}' WHERE id = $1", reward.uuid());
  }
};

}  // namespace

TEST_CASE("a message that the condition is met serves nobody who no longer has met it") {
  Served campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(auto_day).id;
  campaign.add_reward(event, 10);
  const auto silent = campaign.eligible_user();
  const auto anew = campaign.eligible_user();
  for (const auto user : {silent, anew})  // their message waits while they delete their data
    REQUIRE(campaign.store->write([&](Tx& tx) -> Result<void> {
      (void)progress::hide_user_facts(tx, user, user.uuid());
      (void)progress::hide_user_states(tx, user, user.uuid());
      return {};
    }));
  REQUIRE(campaign.ask(event, anew).value().status == RequestStatus::pending);
  campaign.serve(event, silent);
  campaign.serve(event, anew);
  CHECK_FALSE(campaign.request_of(event, silent));
  CHECK(campaign.request_of(event, anew)->status == RequestStatus::pending);
  CHECK(campaign.points_of(anew) == 0);

  campaign.log_in(anew);
  campaign.serve(event, anew);
  CHECK(campaign.request_of(event, anew)->status == RequestStatus::approved);
}

TEST_CASE("when the first codes of a pool come, users who have met the condition are served") {
  Served campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(auto_day).id;
  std::vector<UserId> users;
  for (int i = 0; i < 3; ++i) users.push_back(campaign.eligible_user());
  const auto pool = campaign.add_pool(event);
  campaign.serve_backlog();
  for (const auto user : users) CHECK_FALSE(campaign.request_of(event, user));

  campaign.pumps.woken.clear();
  campaign.fill(event, pool, {"CODE-1", "CODE-2"});
  CHECK(campaign.pumps.woken == std::vector<std::string>{"reward.backlog"});
  campaign.serve_backlog();
  int served = 0;
  for (const auto user : users) served += campaign.request_of(event, user) ? 1 : 0;
  CHECK(served == 2);
  CHECK(campaign.get(event, pool).remaining == 0);

  // What comes later serves nobody by itself, as more of any stock: who was left out asks.
  campaign.pumps.woken.clear();
  campaign.fill(event, pool, {"CODE-1", "CODE-3"});
  CHECK(campaign.pumps.woken.empty());
  campaign.check_invariants();
}

TEST_CASE("a round of serving that began later takes over from one that is under way") {
  Served campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(auto_day).id;
  std::vector<UserId> users;
  for (int i = 0; i < 45; ++i) users.push_back(campaign.eligible_user());
  const auto reward = campaign.add_reward(event, 10, 0);
  const auto pass = [&] {
    return campaign.store->write([&](Tx& tx) -> Result<bool> { return campaign.requests.serve_backlog(tx).more; })
        .value();
  };
  REQUIRE(pass());  // the first twenty, who find nothing
  campaign.execute("UPDATE reward_rewards SET quantity = 100, remaining = 100 WHERE id = $1", reward.id.uuid());
  REQUIRE(campaign.store->write([&](Tx& tx) -> Result<bool> { return campaign.requests.request_backlog(tx, event); }));
  int passes = 0;
  while (pass()) ++passes;
  CHECK(passes == 4);  // the old round ends, three chunks, and nothing is left
  for (const auto user : users) CHECK(campaign.points_of(user) == 10);
}

TEST_CASE("a waiting request that finds nothing is rejected by the server, which the audit log says") {
  Served campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(auto_day).id;
  campaign.add_reward(event, 10, 1);
  const auto first = campaign.waiting(event);
  const auto second = campaign.waiting(event);
  for (const auto& request : {first, second}) {
    campaign.log_in(request.user_id);
    campaign.serve(event, request.user_id);
  }
  CHECK(campaign.get(second.id).status == RequestStatus::rejected);
  const auto entries = campaign.audited(second.id.to_string());
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].action == "request.rejected");
  CHECK_FALSE(entries[0].actor);
  CHECK(json::parse(entries[0].details).at("reason") == "rewards-exhausted");
  // What the server approves stands in the grants instead (README, What always holds).
  CHECK(campaign.audited(first.id.to_string()).empty());
  campaign.check_invariants();
}

TEST_CASE("an event that is damaged holds up no other, and its users are served once it is whole again") {
  Served campaign{GENERATE(from_range(engines()))};
  std::vector<UserId> users;
  const auto damaged = campaign.create_event(auto_day).id;
  const auto whole = campaign.create_event(auto_day).id;
  for (int i = 0; i < 25; ++i) users.push_back(campaign.eligible_user());
  const auto reward = campaign.add_reward(damaged, 10, 100).id;
  campaign.damage(reward);
  campaign.add_reward(whole, 7);
  campaign.serve_backlog();
  for (const auto user : users) {
    CHECK(campaign.points_of(user) == 7);
    CHECK_FALSE(campaign.request_of(damaged, user));
  }
  CHECK(campaign.get(damaged, reward).remaining == 100);

  campaign.repair(reward);
  campaign.advance(2min);
  campaign.serve_backlog();
  for (const auto user : users) CHECK(campaign.points_of(user) == 17);
  campaign.check_invariants();
}

TEST_CASE("who is damaged waits longer each time, and no longer than an hour or so") {
  Served campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(auto_day).id;
  const auto user = campaign.eligible_user();
  const auto reward = campaign.add_reward(event, 10).id;
  campaign.damage(reward);
  std::vector<std::chrono::minutes> waits;
  for (int i = 0; i < 9; ++i) {
    std::optional<Instant> next_at;
    while (!next_at)
      next_at = campaign.store
                    ->write([&](Tx& tx) -> Result<std::optional<Instant>> {
                      return campaign.requests.serve_backlog(tx).next_at;
                    })
                    .value();
    waits.push_back(std::chrono::duration_cast<std::chrono::minutes>(*next_at - campaign.store.clock.now()));
    campaign.store.clock.set(*next_at);
  }
  CHECK(waits == std::vector<std::chrono::minutes>{2min, 4min, 8min, 16min, 32min, 64min, 64min, 64min, 64min});
  CHECK_FALSE(campaign.request_of(event, user));
}

TEST_CASE("a request that is damaged holds up no closing") {
  Served campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(R"({"approval": "MANUAL", "endAt": "2026-03-09T12:00:00Z"})").id;
  const auto reward = campaign.add_reward(event, 10, 50);
  const auto damaged = campaign.waiting(event);
  std::vector<reward::RequestView> others;
  for (int i = 0; i < 25; ++i) others.push_back(campaign.waiting(event));
  // Giving back what it holds breaks a rule of the table: it could be held twice.
  const auto spare = campaign.add_reward(event, 5, 1);
  campaign.execute("UPDATE reward_rewards SET codes = 1, type = 'COUPON' WHERE id = $1", spare.id.uuid());
  campaign.execute("UPDATE reward_rewards SET quantity = NULL WHERE id = $1", spare.id.uuid());
  REQUIRE(campaign.store->write([&](Tx& tx) -> Result<std::int64_t> {
    return tx.exec("INSERT INTO reward_holds (request_id, reward_id) VALUES ($1, $2)", damaged.id, spare.id);
  }));
  campaign.plan_closing(event);
  campaign.store.clock.set(at("2026-03-16T13:00:00Z"));
  campaign.close();
  CHECK(campaign.get(damaged.id).status == RequestStatus::pending);
  for (const auto& request : others) CHECK(campaign.get(request.id).reason == "event-over");
  CHECK(campaign.get(event, reward.id).remaining == 49);
}
