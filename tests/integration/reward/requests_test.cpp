// Requests, stock, grants and the ledger as rows, on both engines; races with real threads.
#include <atomic>
#include <set>
#include <thread>

#include "modules/reward/model.hpp"
#include "support/campaign.hpp"

using namespace guerdon;
using namespace guerdon::test;
using reward::RequestStatus;
using namespace std::chrono_literals;

namespace {

void meet_condition(Campaign& campaign, event::EventId event, UserId user) {
  for (int day = 0; day < 3; ++day) campaign.log_in(user, campaign.store.clock.now() + day * 24h);
  REQUIRE(campaign.progress_of(event, user).eligible);
}

template <class F>
void in_parallel(int threads, F work) {
  std::vector<std::thread> running;
  std::atomic<bool> go{false};
  for (int i = 0; i < threads; ++i)
    running.emplace_back([&, i] {
      while (!go) std::this_thread::yield();
      work(i);
    });
  go = true;
  for (auto& thread : running) thread.join();
}

}  // namespace

TEST_CASE("a user who never asked has the request made, approved and paid when the condition is met, once") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  const auto reward = campaign.add_reward(event.id, 500);
  const auto user = campaign.new_user();
  meet_condition(campaign, event.id, user);
  campaign.serve(event.id, user);
  campaign.serve(event.id, user);

  const auto request = campaign.request_of(event.id, user);
  REQUIRE(request);
  CHECK(request->status == RequestStatus::approved);
  CHECK(request->eligible);
  REQUIRE(request->grants.size() == 1);
  CHECK(request->grants[0].reward_id == reward.id);
  CHECK(campaign.points_of(user) == 500);
  CHECK(campaign.count_messages("RewardRequested") == 1);
  CHECK(campaign.count_messages("RewardRequestApproved") == 1);
  CHECK(campaign.count_messages("RewardGranted") == 1);
}

TEST_CASE("a user may ask early and waits until the condition is met") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  campaign.add_reward(event.id, 10);
  const auto user = campaign.new_user();
  const auto asked = campaign.ask(event.id, user);
  REQUIRE(asked);
  CHECK(asked->status == RequestStatus::pending);
  CHECK_FALSE(asked->eligible);
  CHECK(campaign.points_of(user) == 0);

  meet_condition(campaign, event.id, user);
  campaign.serve(event.id, user);
  const auto request = campaign.request_of(event.id, user);
  CHECK(request->id == asked->id);
  CHECK(request->status == RequestStatus::approved);
  CHECK(campaign.points_of(user) == 10);
}

TEST_CASE("asking when the condition is met is answered with the approved request") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  campaign.add_reward(event.id, 10);
  campaign.add_reward(event.id, 5);
  const auto user = campaign.new_user();
  meet_condition(campaign, event.id, user);
  const auto asked = campaign.ask(event.id, user);
  REQUIRE(asked);
  CHECK(asked->status == RequestStatus::approved);
  CHECK(asked->grants.size() == 2);
  CHECK(campaign.points_of(user) == 15);

  const auto again = campaign.ask(event.id, user);
  REQUIRE_FALSE(again);
  CHECK(again.error().problem == reward::refusals::already_requested);
  CHECK(again.error().members.at("request") == json::object{{"id", asked->id.to_string()}, {"status", "APPROVED"}});
}

TEST_CASE("what can't be asked for is refused by name and leaves nothing") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto user = campaign.new_user();
  const auto refusal = [&](event::EventId event) {
    const auto asked = campaign.ask(event, user);
    REQUIRE_FALSE(asked);
    CHECK_FALSE(campaign.request_of(event, user));
    return asked.error().problem;
  };
  CHECK(refusal(event::EventId{}) == problems::not_found);
  CHECK(refusal(campaign.create_event(R"({"isActive": false})").id) == problems::not_found);
  CHECK(refusal(campaign.create_event(R"({"startAt": "2026-04-01T00:00:00Z"})").id) ==
        reward::refusals::event_not_running);
  CHECK(refusal(campaign.create_event().id) == reward::refusals::no_rewards);
  const auto empty = campaign.create_event();
  campaign.add_reward(empty.id, 10, 0);
  CHECK(refusal(empty.id) == reward::refusals::rewards_exhausted);
}

TEST_CASE("after the end a request is taken for seven days from who met the condition before") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(R"({"endAt": "2026-03-09T12:00:00Z"})");
  campaign.add_reward(event.id, 10);
  const auto met = campaign.new_user();
  const auto late = campaign.new_user();
  const auto never = campaign.new_user();
  meet_condition(campaign, event.id, met);
  meet_condition(campaign, event.id, late);
  campaign.store.clock.set(at("2026-03-16T11:59:59Z"));
  CHECK(campaign.ask(event.id, met));
  CHECK(campaign.ask(event.id, never).error().problem == reward::refusals::event_not_running);
  campaign.store.clock.set(at("2026-03-16T12:00:00Z"));
  CHECK(campaign.ask(event.id, late).error().problem == reward::refusals::event_not_running);
}

TEST_CASE("users who met the condition before the first reward came are served when it comes") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  std::vector<UserId> users;
  for (int i = 0; i < 45; ++i) {
    users.push_back(campaign.new_user());
    meet_condition(campaign, event.id, users.back());
    campaign.serve(event.id, users.back());
  }
  campaign.add_reward(event.id, 3);
  CHECK(campaign.pumps.woken == std::vector<std::string>{"reward.backlog"});
  campaign.serve_backlog();
  for (const auto user : users) CHECK(campaign.points_of(user) == 3);
}

TEST_CASE("a waiting request whose condition is met when nothing remains ends rejected with that reason") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  campaign.add_reward(event.id, 10, 1);
  const auto first = campaign.new_user();
  const auto second = campaign.new_user();
  REQUIRE(campaign.ask(event.id, first));
  REQUIRE(campaign.ask(event.id, second));
  meet_condition(campaign, event.id, first);
  meet_condition(campaign, event.id, second);
  campaign.serve(event.id, first);
  campaign.serve(event.id, second);
  CHECK(campaign.request_of(event.id, first)->status == RequestStatus::approved);
  const auto rejected = campaign.request_of(event.id, second);
  CHECK(rejected->status == RequestStatus::rejected);
  CHECK(rejected->reason == "rewards-exhausted");
  CHECK(campaign.points_of(second) == 0);
}

TEST_CASE("if one reward of several is exhausted the whole is refused and the others keep their stock") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  const auto plenty = campaign.add_reward(event.id, 10, 100);
  campaign.add_reward(event.id, 20, 0);
  const auto user = campaign.new_user();
  meet_condition(campaign, event.id, user);
  campaign.serve(event.id, user);
  CHECK_FALSE(campaign.request_of(event.id, user));
  const auto after = campaign.store->read(
      [&](Snapshot& s) { return campaign.catalogue.get_reward(s, Campaign::as(user), event.id, plenty.id); });
  CHECK(after->remaining == 100);
  CHECK(after->granted == 0);
}

TEST_CASE("a MANUAL request takes stock when it is made and waits") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(R"({"approval": "MANUAL"})");
  campaign.add_reward(event.id, 10, 1);
  const auto first = campaign.new_user();
  const auto second = campaign.new_user();
  const auto asked = campaign.ask(event.id, first);
  REQUIRE(asked);
  CHECK(asked->status == RequestStatus::pending);
  CHECK(campaign.ask(event.id, second).error().problem == reward::refusals::rewards_exhausted);
  meet_condition(campaign, event.id, first);
  campaign.serve(event.id, first);
  CHECK(campaign.request_of(event.id, first)->status == RequestStatus::pending);
}

TEST_CASE("while an event is paused nobody's request is made for them, and once it goes on they are served") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  campaign.add_reward(event.id, 10);
  const auto silent = campaign.new_user();
  const auto waiting = campaign.new_user();
  REQUIRE(campaign.ask(event.id, waiting));
  meet_condition(campaign, event.id, silent);
  meet_condition(campaign, event.id, waiting);
  campaign.edit_event(event, R"({"isActive": false})");
  campaign.serve(event.id, silent);
  campaign.serve(event.id, waiting);
  campaign.serve_backlog();
  CHECK_FALSE(campaign.request_of(event.id, silent));
  CHECK(campaign.request_of(event.id, waiting)->status == RequestStatus::approved);  // decisions are possible
  campaign.edit_event(event, R"({"isActive": true})");
  campaign.serve_backlog();
  REQUIRE(campaign.request_of(event.id, silent));
  CHECK(campaign.request_of(event.id, silent)->status == RequestStatus::approved);
  CHECK(campaign.points_of(silent) == 10);
  CHECK(campaign.points_of(waiting) == 10);
}

TEST_CASE("more than seven days after an event's end nobody's request is made for them") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(R"({"endAt": "2026-03-09T12:00:00Z"})");
  const auto user = campaign.new_user();
  meet_condition(campaign, event.id, user);
  campaign.store.clock.set(at("2026-03-16T12:00:00Z"));
  campaign.add_reward(event.id, 10);
  campaign.serve_backlog();
  campaign.serve(event.id, user);
  CHECK_FALSE(campaign.request_of(event.id, user));
}

TEST_CASE("an event that becomes AUTO serves who waited and who met the condition meanwhile") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(R"({"approval": "MANUAL"})");
  campaign.add_reward(event.id, 10, 5);
  const auto waiting = campaign.new_user();
  const auto silent = campaign.new_user();
  REQUIRE(campaign.ask(event.id, waiting));
  meet_condition(campaign, event.id, waiting);
  meet_condition(campaign, event.id, silent);
  campaign.serve_backlog();
  CHECK(campaign.request_of(event.id, waiting)->status == RequestStatus::pending);
  CHECK_FALSE(campaign.request_of(event.id, silent));
  campaign.edit_event(event, R"({"approval": "AUTO"})");
  campaign.serve_backlog();
  CHECK(campaign.request_of(event.id, waiting)->status == RequestStatus::approved);
  REQUIRE(campaign.request_of(event.id, silent));
  CHECK(campaign.request_of(event.id, silent)->status == RequestStatus::approved);
}

TEST_CASE("a request that holds stock takes it anew of a reward that came later") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(R"({"approval": "MANUAL"})");
  const auto first = campaign.add_reward(event.id, 10, 5);
  const auto user = campaign.new_user();
  REQUIRE(campaign.ask(event.id, user));
  const auto later = campaign.add_reward(event.id, 20, 5);
  meet_condition(campaign, event.id, user);
  campaign.edit_event(event, R"({"approval": "AUTO"})");
  campaign.serve_backlog();
  for (const auto& reward : {first, later}) {
    const auto after = campaign.store->read(
        [&](Snapshot& s) { return campaign.catalogue.get_reward(s, Campaign::as(user), event.id, reward.id); });
    CHECK(after->granted == 1);
    CHECK(after->remaining == 4);
  }
  CHECK(campaign.points_of(user) == 30);
}

TEST_CASE("staff without the USER role are not served") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  campaign.add_reward(event.id, 10);
  const auto member_of_staff = campaign.new_user({Role::operator_});
  meet_condition(campaign, event.id, member_of_staff);
  campaign.serve(event.id, member_of_staff);
  CHECK_FALSE(campaign.request_of(event.id, member_of_staff));
}

TEST_CASE("64 parallel requests of one user make one request and one grant") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  campaign.add_reward(event.id, 10, 1000);
  const auto user = campaign.new_user();
  meet_condition(campaign, event.id, user);
  std::atomic<int> made{0};
  std::atomic<int> refused{0};
  in_parallel(64, [&](int) {
    const auto asked = campaign.ask(event.id, user);
    if (asked)
      ++made;
    else if (asked.error().problem == reward::refusals::already_requested)
      ++refused;
  });
  CHECK(made == 1);
  CHECK(refused == 63);
  CHECK(campaign.points_of(user) == 10);
  CHECK(campaign.count_messages("RewardGranted") == 1);
}

TEST_CASE("of 40 eligible users on a stock of 10, 10 are approved and 30 refused") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  const auto reward = campaign.add_reward(event.id, 10, 10);
  std::vector<UserId> users;
  for (int i = 0; i < 40; ++i) {
    users.push_back(campaign.new_user());
    meet_condition(campaign, event.id, users.back());
  }
  std::atomic<int> approved{0};
  std::atomic<int> exhausted{0};
  in_parallel(40, [&](int i) {
    const auto asked = campaign.ask(event.id, users[static_cast<std::size_t>(i)]);
    if (asked && asked->status == RequestStatus::approved)
      ++approved;
    else if (!asked && asked.error().problem == reward::refusals::rewards_exhausted)
      ++exhausted;
  });
  CHECK(approved == 10);
  CHECK(exhausted == 30);
  const auto after = campaign.store->read(
      [&](Snapshot& s) { return campaign.catalogue.get_reward(s, Campaign::as(users[0]), event.id, reward.id); });
  CHECK(after->granted == 10);
  CHECK(after->remaining == 0);
}

TEST_CASE("the ledger lists every movement with the running balance, and the balance is its sum") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto user = campaign.new_user();
  for (int i = 1; i <= 5; ++i) {
    const auto event = campaign.create_event(R"({"conditionParams": {"days": 1}})");
    campaign.add_reward(event.id, i * 100);
    campaign.log_in(user);
    REQUIRE(campaign.ask(event.id, user));
  }
  reward::LedgerQuery query;
  query.limit = Bounded<1, 100>::make(2);
  std::vector<std::int64_t> balances;
  std::int64_t sum = 0;
  std::set<std::string> causes;
  do {
    const auto page =
        campaign.store->read([&](Snapshot& s) { return campaign.wallets.list_ledger(s, Campaign::as(user), query); });
    REQUIRE(page);
    for (const auto& entry : page->items) {
      balances.push_back(entry.balance);
      sum += entry.amount;
      causes.insert(entry.request_id.to_string() + entry.reward_id.to_string());
    }
    query.cursor.reset();
    if (page->next_cursor) query.cursor = Text<1, 512>::trusted(*page->next_cursor);
  } while (query.cursor);
  CHECK(balances == std::vector<std::int64_t>{1500, 1000, 600, 300, 100});
  CHECK(sum == campaign.points_of(user));
  CHECK(causes.size() == 5);
}
