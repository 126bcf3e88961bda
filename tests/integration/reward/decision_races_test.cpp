// Decisions that race, with real threads, on both engines: through the functions, and over HTTP.
#include <algorithm>

#include "guerdon/testing.hpp"
#include "modules/reward/model.hpp"
#include "support/decisions.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using reward::RequestStatus;
namespace refusals = reward::refusals;

namespace {

/// Only what the race's loser is told.
void check_lost(const Error& error) { CHECK(error.problem == refusals::not_pending); }

}  // namespace

TEST_CASE("of approvals and rejections of one request at the same time exactly one wins") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  const auto reward = campaign.add_reward(event.id, 10, 12);
  for (int round = 0; round < 12; ++round) {
    const auto asked = campaign.waiting_and_met(event.id);
    std::atomic<int> approved{0};
    std::atomic<int> rejected{0};
    std::vector<std::optional<Error>> lost(8);
    in_parallel(8, [&](int i) {
      const auto decided = i % 2 == 0 ? campaign.approve(asked.id) : campaign.reject(asked.id);
      if (decided) ++(i % 2 == 0 ? approved : rejected);
      if (!decided) lost[static_cast<std::size_t>(i)] = decided.error();
    });
    CHECK(approved + rejected == 1);
    for (const auto& error : lost)
      if (error) check_lost(*error);
    CHECK(campaign.get(asked.id).status == (approved == 1 ? RequestStatus::approved : RequestStatus::rejected));
    CHECK(campaign.points_of(asked.user_id) == (approved == 1 ? 10 : 0));
    CHECK(campaign.audited(asked.id.to_string()).size() == 1);
  }
  const auto after = campaign.get(event.id, reward.id);
  CHECK(*after.remaining + after.granted == 12);
  campaign.check_invariants();
}

TEST_CASE("a MANUAL stock of 10 is never promised more than ten times, with 100 askers and rejections in between") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  const auto reward = campaign.add_reward(event.id, 10, 10);
  std::vector<UserId> users;
  for (int i = 0; i < 100; ++i) users.push_back(campaign.new_user());
  std::atomic<int> promised{0};
  std::atomic<int> given_back{0};
  std::atomic<bool> only_known_refusals{true};
  in_parallel(20, [&](int thread) {
    for (int i = 0; i < 5; ++i) {
      const auto asked = campaign.ask(event.id, users[static_cast<std::size_t>(thread * 5 + i)]);
      if (!asked && asked.error().problem != refusals::rewards_exhausted) only_known_refusals = false;
      if (!asked) continue;
      ++promised;
      if (i % 2 == 0 && campaign.reject(asked->id)) ++given_back;
    }
  });
  CHECK(only_known_refusals);
  const auto held = promised - given_back;
  CHECK(held <= 10);
  const auto after = campaign.get(event.id, reward.id);
  CHECK(after.remaining == 10 - held);
  CHECK(after.granted == 0);
  campaign.check_invariants();
}

TEST_CASE("bulk approvals and rejections at the same time decide each request once and revive none") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(manual_day);
  const auto reward = campaign.add_reward(event.id, 10, 30);
  std::vector<reward::RequestId> ids;
  for (int i = 0; i < 30; ++i) ids.push_back(campaign.waiting_and_met(event.id).id);
  const std::vector<reward::RequestId> backwards(ids.rbegin(), ids.rend());
  std::vector<reward::BulkApproval> bulk(4);
  std::vector<std::vector<reward::RequestId>> rejected(2);
  in_parallel(6, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    if (i < 4) {
      bulk[at] = campaign.approve_all(i % 2 == 0 ? ids : backwards);
      return;
    }
    for (const auto id : i == 4 ? ids : backwards)
      if (campaign.reject(id)) rejected[at - 4].push_back(id);
  });

  std::vector<reward::RequestId> winners;
  for (const auto& result : bulk) {
    CHECK(result.approved.size() + result.failed.size() == 30);
    for (const auto& failure : result.failed) CHECK(failure.code == "not-pending");
    winners.insert(winners.end(), result.approved.begin(), result.approved.end());
  }
  const auto approved = winners.size();
  for (const auto& some : rejected) winners.insert(winners.end(), some.begin(), some.end());
  std::ranges::sort(winners);
  CHECK(winners == ids);
  const auto after = campaign.get(event.id, reward.id);
  CHECK(after.granted == static_cast<std::int64_t>(approved));
  CHECK(after.remaining == 30 - after.granted);
  campaign.check_invariants();
}

TEST_CASE("decisions and the closing of an event at the same time decide each request once") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(
      R"({"approval": "MANUAL", "conditionParams": {"days": 1}, "endAt": "2026-03-09T12:00:00Z"})");
  campaign.add_reward(event.id, 10, 40);
  std::vector<reward::RequestId> ids;
  for (int i = 0; i < 40; ++i) ids.push_back(campaign.waiting_and_met(event.id).id);
  campaign.plan_closing(event.id);
  campaign.store.clock.set(at("2026-03-16T13:00:00Z"));
  std::atomic<std::size_t> decided{0};
  in_parallel(3, [&](int i) {
    if (i == 0) campaign.close();
    if (i == 1) decided += campaign.approve_all(ids).approved.size();
    if (i == 2)
      for (const auto id : ids)
        if (campaign.reject(id)) ++decided;
  });
  std::size_t over = 0;
  for (const auto id : ids) over += campaign.get(id).reason == "event-over" ? 1 : 0;
  CHECK(over + decided == 40);
  CHECK(campaign.count_messages("RewardRequestApproved") + campaign.count_messages("RewardRequestRejected") == 40);
  campaign.check_invariants();
}

namespace {

/// A server with a MANUAL event of one day, and its staff.
struct Shop {
  explicit Shop(Engine engine) : place(engine), server(options()) {
    admin = server.make_admin();
    event = server
                .post("/api/events",
                      {{"name", "Scarce"},
                       {"conditionType", "CONSECUTIVE_LOGIN"},
                       {"conditionParams", {{"days", 1}}},
                       {"startAt", to_rfc3339(server.clock().now())},
                       {"approval", "MANUAL"}},
                      admin)
                .text("/id");
    reward = server
                 .post("/api/events/" + event + "/rewards",
                       {{"type", "POINT"}, {"metadata", {{"amount", 5}}}, {"quantity", 10}}, admin)
                 .text("/id");
  }

  testing::ServerOptions options() const {
    testing::ServerOptions result;
    result.data_folder = folder.path().string();
    result.configure = [this](Config& config) { config.database.url = *DatabaseUrl::parse(place.url()); };
    return result;
  }

  std::string user(int number) {
    const auto name = "user" + std::to_string(number);
    server.register_user(name);
    return server.login(name);
  }
  std::string requests() const { return "/api/events/" + event + "/requests"; }
  std::string decision(const std::string& id, const std::string& what) const {
    return "/api/events/requests/" + id + "/" + what;
  }

  TempFolder folder;
  DatabasePlace place;
  testing::Server server;
  std::string admin, event, reward;
};

}  // namespace

TEST_CASE("64 parallel requests of one user over HTTP make one, and of its decisions one wins") {
  Shop shop{GENERATE(from_range(engines()))};
  const auto token = shop.user(1);
  shop.server.settle();
  std::atomic<int> made{0};
  std::atomic<int> refused{0};
  in_parallel(16, [&](int) {
    testing::Client client{shop.server.port()};
    for (int i = 0; i < 4; ++i) {
      const auto answer = client.send(testing::json_call("POST", shop.requests(), {}, token));
      if (answer.status == 201) ++made;
      if (answer.status == 409 && answer.text("/code") == "already-requested") ++refused;
    }
  });
  CHECK(made == 1);
  CHECK(refused == 63);
  const auto listed = shop.server.get("/api/events/requests", token);
  REQUIRE(listed.at("/items").as_array().size() == 1);
  const auto id = listed.text("/items/0/id");

  std::atomic<int> won{0};
  std::atomic<int> lost{0};
  in_parallel(16, [&](int i) {
    testing::Client client{shop.server.port()};
    const auto answer =
        client.send(testing::json_call("POST", shop.decision(id, i % 2 == 0 ? "approve" : "reject"),
                                       i % 2 == 0 ? json::value{} : json::value{{"reason", "no"}}, shop.admin));
    if (answer.status == 200) ++won;
    if (answer.status == 409 && answer.text("/code") == "not-pending") ++lost;
  });
  CHECK(won == 1);
  CHECK(lost == 15);
  const auto status = shop.server.get("/api/events/requests/" + id, token).text("/status");
  CHECK(shop.server.get("/api/wallet", token).at("/points") == (status == "APPROVED" ? 5 : 0));
}

TEST_CASE("a stock of 10 over HTTP is never promised more often, with 100 askers and rejections in between") {
  Shop shop{GENERATE(from_range(engines()))};
  std::vector<std::string> tokens;
  for (int i = 0; i < 100; ++i) tokens.push_back(shop.user(i));
  std::atomic<int> promised{0};
  std::atomic<int> refused{0};
  std::atomic<int> given_back{0};
  in_parallel(20, [&](int thread) {
    testing::Client client{shop.server.port()};
    for (int i = 0; i < 5; ++i) {
      const auto& token = tokens[static_cast<std::size_t>(thread * 5 + i)];
      const auto asked = client.send(testing::json_call("POST", shop.requests(), {}, token));
      if (asked.status == 409 && asked.text("/code") == "rewards-exhausted") ++refused;
      if (asked.status != 201) continue;
      ++promised;
      if (i % 2 != 0) continue;
      const auto path = shop.decision(asked.text("/id"), "reject");
      if (client.send(testing::json_call("POST", path, {{"reason", "no"}}, shop.admin)).status == 200) ++given_back;
    }
  });
  CHECK(promised + refused == 100);
  CHECK(promised - given_back <= 10);
  const auto after = shop.server.get("/api/events/" + shop.event + "/rewards/" + shop.reward, shop.admin);
  CHECK(after.at("/remaining") == 10 - (promised - given_back));
  CHECK(after.at("/granted") == 0);
}
