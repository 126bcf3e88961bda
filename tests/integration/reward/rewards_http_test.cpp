// Rewards over HTTP: register, list, get, change, delete, fill a pool; what is refused, and who sees which code.
#include "integration/reward/site.hpp"

using namespace guerdon;
using namespace guerdon::test;
using testing::Response;

namespace {

const json::value five_points{{"type", "POINT"}, {"metadata", {{"amount", 5}}}};
const json::value shared_coupon{{"type", "COUPON"},
                                {"metadata", {{"code", "SHARED-CODE-2026"}, {"partner", "a cafe"}}}};
const json::value coupon_pool{{"type", "COUPON"}, {"metadata", json::object{}}};

/// "pointer code" of each fault of a 400.
std::vector<std::string> faults_of(const Response& answer) {
  INFO(answer.body);
  REQUIRE(answer.status == 400);
  std::vector<std::string> found;
  const auto errors = answer.at("/errors");
  for (const auto& error : errors.as_array())
    found.push_back(std::string{error.at("pointer").as_string()} + " " + std::string{error.at("code").as_string()});
  return found;
}

using Faults = std::vector<std::string>;

std::vector<std::string> audited(RewardSite& site) {
  std::vector<std::string> found;
  const auto entries = site.server.get("/api/admin/audit?limit=100", site.auditor).at("/items");
  for (const auto& entry : entries.as_array())
    if (const std::string action{entry.at("action").as_string()}; action.starts_with("reward."))
      found.insert(found.begin(), action + " " + json::serialize(entry.at("details")));
  return found;
}

}  // namespace

TEST_CASE("rewards of every type are registered, listed by type and shown with what remains") {
  RewardSite site{GENERATE(from_range(engines()))};
  const auto event = site.new_event();
  const json::value item{{"type", "ITEM"},
                         {"name", "Two swords"},
                         {"metadata", {{"itemId", "sword"}, {"quantity", 2}, {"shiny", true}}},
                         {"quantity", 7}};
  const auto made = site.server.post(event + "/rewards", item, site.operator_);
  REQUIRE(made.status == 201);
  CHECK(made.text("/type") == "ITEM");
  CHECK(made.text("/name") == "Two swords");
  CHECK(made.at("/metadata") == json::value{{"itemId", "sword"}, {"quantity", 2}, {"shiny", true}});
  CHECK(made.at("/quantity") == 7);
  CHECK(made.at("/remaining") == 7);
  CHECK(made.at("/granted") == 0);
  site.new_reward(event, five_points);
  site.new_reward(event, {{"type", "BADGE"}, {"metadata", {{"badgeId", "early-bird"}}}});
  site.new_reward(event, shared_coupon);
  const auto pool = site.new_reward(event, coupon_pool);

  const auto user = site.new_user("bob");
  CHECK(site.server.get(event + "/rewards", user).at("/items").as_array().size() == 5);
  const auto items = site.server.get(event + "/rewards?type=ITEM", user);
  REQUIRE(items.at("/items").as_array().size() == 1);
  CHECK(items.text("/items/0/id") == made.text("/id"));
  CHECK(site.server.get(event + "/rewards?type=COUPON", user).at("/items").as_array().size() == 2);
  CHECK(site.server.get(event + "/rewards?type=MONEY", user).status == 400);
  const auto empty = site.server.get(pool, user);
  CHECK(empty.at("/quantity").is_null());
  CHECK(empty.at("/remaining") == 0);
}

TEST_CASE("all faults of a reward are told at once, with pointers into its metadata") {
  RewardSite site;
  const auto path = site.new_event() + "/rewards";
  const auto faults = [&](const json::value& body) { return faults_of(site.server.post(path, body, site.operator_)); };
  CHECK(faults({{"type", "ITEM"}, {"metadata", {{"quantity", "many"}}}, {"quantity", -1}, {"stock", 5}}) ==
        Faults{"/quantity too-small", "/stock unknown-member", "/metadata/itemId required",
               "/metadata/quantity wrong-type"});
  CHECK(faults({{"type", "MONEY"}, {"metadata", json::object{}}}) == Faults{"/type not-one-of"});
  CHECK(faults({{"type", "POINT"}}) == Faults{"/metadata required"});
  CHECK(faults({{"type", "COUPON"}, {"metadata", {{"code", ""}, {"expiresAt", 7}}}}) ==
        Faults{"/metadata/code too-short", "/metadata/expiresAt wrong-type"});
}

TEST_CASE("a reward is changed whole, but for its type, under If-Match where it is sent") {
  RewardSite site{GENERATE(from_range(engines()))};
  const auto event = site.new_event();
  const auto reward = site.new_reward(event, {{"type", "POINT"}, {"metadata", {{"amount", 5}}}, {"quantity", 3}});
  const auto before = site.server.get(reward, site.operator_);
  const auto tag = before.header("etag");
  REQUIRE_FALSE(tag.empty());
  CHECK(site.server.send({"GET", reward, {{"Authorization", "Bearer " + site.operator_}, {"If-None-Match", tag}}, {}})
            .status == 304);

  auto change = testing::json_call("PUT", reward, {{"name", "More"}, {"metadata", {{"amount", 9}}}, {"quantity", 8}},
                                   site.operator_);
  change.headers.emplace_back("If-Match", tag);
  site.server.clock().advance(std::chrono::seconds{1});
  const auto changed = site.server.send(change);
  REQUIRE(changed.status == 200);
  CHECK(changed.text("/name") == "More");
  CHECK(changed.at("/metadata/amount") == 9);
  CHECK(changed.at("/quantity") == 8);
  CHECK(changed.at("/remaining") == 8);
  CHECK(changed.text("/createdAt") == before.text("/createdAt"));
  CHECK(changed.text("/updatedAt") > before.text("/updatedAt"));
  CHECK(site.server.send(change).status == 412);
  CHECK(site.server.get(reward, site.operator_).body == changed.body);

  CHECK(faults_of(site.server.put(reward, {{"type", "ITEM"}, {"metadata", {{"amount", 0}}}}, site.operator_)) ==
        Faults{"/type not-changeable"});
  CHECK(faults_of(site.server.put(reward, {{"type", "POINT"}, {"metadata", {{"amount", 0}}}}, site.operator_)) ==
        Faults{"/metadata/amount too-small"});
  const auto unlimited = site.server.put(reward, {{"metadata", {{"amount", 9}}}}, site.operator_);
  CHECK(unlimited.at("/quantity").is_null());
  CHECK(unlimited.at("/remaining").is_null());
  CHECK(unlimited.at("/name").is_null());
}

TEST_CASE("a quantity below what was granted is refused with the numbers, and just that many is not") {
  RewardSite site{GENERATE(from_range(engines()))};
  const auto event = site.new_event();
  const auto reward = site.new_reward(event, {{"type", "POINT"}, {"metadata", {{"amount", 5}}}, {"quantity", 9}});
  for (const auto* name : {"bob", "carol"}) site.new_user(name);
  site.server.settle();
  const auto with_quantity = [](int quantity) {
    return json::value{{"type", "POINT"}, {"metadata", {{"amount", 5}}}, {"quantity", quantity}};
  };
  REQUIRE(site.server.get(reward, site.operator_).at("/granted") == 2);
  const auto refused = site.server.put(reward, with_quantity(1), site.operator_);
  CHECK(refused.status == 409);
  CHECK(refused.text("/code") == "quantity-below-granted");
  CHECK(refused.at("/granted") == 2);
  CHECK(refused.at("/reserved") == 0);
  const auto accepted = site.server.put(reward, with_quantity(2), site.operator_);
  CHECK(accepted.status == 200);
  CHECK(accepted.at("/remaining") == 0);
  CHECK(accepted.at("/granted") == 2);
}

TEST_CASE("a deleted reward is gone for everybody, and for its event") {
  RewardSite site{GENERATE(from_range(engines()))};
  const auto event = site.new_event();
  const auto reward = site.new_reward(event, five_points);
  CHECK(site.server.del(reward, site.operator_).status == 204);
  CHECK(site.server.get(reward, site.admin).status == 404);
  CHECK(site.server.put(reward, five_points, site.operator_).status == 404);
  CHECK(site.server.del(reward, site.operator_).status == 404);
  CHECK(site.server.get(event + "/rewards", site.admin).at("/items").as_array().empty());
  const auto user = site.new_user("bob");
  site.server.settle();
  CHECK(site.server.post(event + "/requests", {}, user).text("/code") == "no-rewards");
}

TEST_CASE("a reward is found under its own event only") {
  RewardSite site;
  const auto event = site.new_event();
  const auto reward = site.new_reward(event, coupon_pool);
  const auto elsewhere = site.new_event() + reward.substr(event.size());
  CHECK(site.server.get(elsewhere, site.operator_).status == 404);
  CHECK(site.server.put(elsewhere, coupon_pool, site.operator_).status == 404);
  CHECK(site.server.del(elsewhere, site.operator_).status == 404);
  CHECK(site.server.post(elsewhere + "/codes", {{"codes", {"AAAA-0001"}}}, site.operator_).status == 404);
}

TEST_CASE("a shared code is masked in every answer about the reward, and sending the mask back keeps it") {
  RewardSite site{GENERATE(from_range(engines()))};
  const auto event = site.new_event();
  const auto made = site.server.post(event + "/rewards", shared_coupon, site.operator_);
  REQUIRE(made.status == 201);
  CHECK(made.text("/metadata/code") == "****2026");
  const auto reward = event + "/rewards/" + made.text("/id");
  const auto user = site.new_user("bob");
  for (const auto& token : {site.operator_, site.auditor, site.admin, user})
    for (const auto& path : {reward, event + "/rewards"}) {
      const auto answer = site.server.get(path, token);
      CHECK(answer.status == 200);
      CHECK(answer.body.find("****2026") != std::string::npos);
      CHECK(answer.body.find("SHARED-CODE") == std::string::npos);
    }

  const auto sent_back = site.server.put(
      reward, {{"type", "COUPON"}, {"name", "Coffee"}, {"metadata", {{"code", "****2026"}}}}, site.operator_);
  CHECK(sent_back.status == 200);
  site.server.settle();
  CHECK(site.server.get("/api/wallet", user).text("/coupons/0/code") == "SHARED-CODE-2026");
  CHECK(site.server.get("/api/wallet", user).text("/coupons/0/rewardId") == made.text("/id"));
  CHECK(faults_of(site.server.put(reward, {{"metadata", {{"code", "****2027"}}}}, site.operator_)) ==
        Faults{"/metadata/code bad-format"});
  CHECK(faults_of(site.server.put(reward, coupon_pool, site.operator_)) == Faults{"/metadata/code not-changeable"});
}

TEST_CASE("codes are imported, and refused by pointer or where there is no pool") {
  RewardSite site{GENERATE(from_range(engines()))};
  const auto event = site.new_event();
  const auto pool = site.new_reward(event, coupon_pool);
  const auto import = [&](const json::value& body) { return site.server.post(pool + "/codes", body, site.operator_); };
  const auto added = import({{"codes", {"AAAA-0001", "AAAA-0002", "AAAA-0001"}}});
  CHECK(added.status == 200);
  CHECK(added.json() == json::value{{"added", 2}, {"duplicates", 1}});
  CHECK(site.server.get(pool, site.operator_).at("/remaining") == 2);
  CHECK(faults_of(import({{"codes", {"AAAA-0003", "", "A B", 7}}})) ==
        Faults{"/codes/1 too-short", "/codes/2 bad-format", "/codes/3 wrong-type"});
  CHECK(faults_of(import({{"codes", json::array{}}})) == Faults{"/codes too-few"});
  CHECK(site.server.get(pool, site.operator_).at("/remaining") == 2);

  json::array many;
  for (int i = 0; i < 5000; ++i) many.emplace_back("A-RATHER-LONG-CODE-FOR-A-COUPON-" + std::to_string(10'000 + i));
  CHECK(import({{"codes", many}}).json() == json::value{{"added", 5000}, {"duplicates", 0}});
  many.emplace_back("ONE-TOO-MANY");
  CHECK(faults_of(import({{"codes", many}})) == Faults{"/codes too-many"});

  const auto points = site.new_reward(event, five_points);
  const auto refused = site.server.post(points + "/codes", {{"codes", {"AAAA-0001"}}}, site.operator_);
  CHECK(refused.status == 409);
  CHECK(refused.text("/code") == "no-code-pool");
}

TEST_CASE("a repeat of an import with its key adds nothing and gives the first answer") {
  RewardSite site;
  const auto pool = site.new_reward(site.new_event(), coupon_pool);
  auto call = testing::json_call("POST", pool + "/codes", {{"codes", {"AAAA-0001"}}}, site.operator_);
  call.headers.emplace_back("Idempotency-Key", "import-1");
  const auto first = site.server.send(call);
  const auto second = site.server.send(call);
  CHECK(first.json() == json::value{{"added", 1}, {"duplicates", 0}});
  CHECK(second.body == first.body);
  CHECK(second.header("idempotency-replayed") == "true");
}

TEST_CASE("the owner sees their coupon's code in request and wallet, staff the mask, lists and messages none") {
  RewardSite site{GENERATE(from_range(engines()))};
  const auto event = site.new_event();
  const auto pool = site.new_reward(event, coupon_pool);
  REQUIRE(site.server.post(pool + "/codes", {{"codes", {"AAAA-WXYZ"}}}, site.operator_).status == 200);
  const auto bob = site.server.register_user("bob");
  const auto user = site.server.login("bob");
  site.server.settle();

  const auto list = site.server.get("/api/events/requests", user);
  REQUIRE(list.text("/items/0/status") == "APPROVED");
  CHECK(list.text("/items/0/grants/0/metadata/code") == "****WXYZ");
  const auto request = "/api/events/requests/" + list.text("/items/0/id");
  CHECK(site.server.get(request, user).text("/grants/0/metadata/code") == "AAAA-WXYZ");
  CHECK(site.server.get("/api/wallet", user).text("/coupons/0/code") == "AAAA-WXYZ");
  for (const auto& token : {site.operator_, site.auditor, site.admin}) {
    CHECK(site.server.get(request, token).text("/grants/0/metadata/code") == "****WXYZ");
    CHECK(site.server.get("/api/wallet?userId=" + bob, token).text("/coupons/0/code") == "****WXYZ");
    CHECK(site.server.get("/api/events/requests?userId=" + bob, token).body.find("AAAA-WXYZ") == std::string::npos);
  }
  const auto told = site.server.database().read([](Snapshot& snapshot) {
    return snapshot.get<std::int64_t>("SELECT count(*) FROM outbox WHERE payload LIKE '%WXYZ%'");
  });
  CHECK(told == 0);
}

TEST_CASE("every change of a reward and its stock is audited, without its words or codes") {
  RewardSite site{GENERATE(from_range(engines()))};
  const auto event = site.new_event();
  const auto id = R"("eventId":")" + event.substr(std::string_view{"/api/events/"}.size()) + "\"";
  const auto reward =
      site.new_reward(event, {{"type", "COUPON"}, {"metadata", {{"code", "SHARED-CODE-2026"}}}, {"quantity", 5}});
  site.server.put(reward, {{"metadata", {{"code", "ANOTHER-CODE-2026"}}}}, site.operator_);
  const auto pool = site.new_reward(event, coupon_pool);
  site.server.post(pool + "/codes", {{"codes", {"AAAA-0001", "AAAA-0001"}}}, site.operator_);
  site.server.del(reward, site.operator_);
  site.server.del(reward, site.operator_);
  site.server.put(pool, five_points, site.operator_);

  std::vector<std::string> expected{
      "reward.created {" + id + R"(,"type":"COUPON","quantity":5})",
      "reward.updated {" + id + R"(,"changed":["metadata","quantity"],"quantity":{"from":5,"to":null}})",
      "reward.created {" + id + R"(,"type":"COUPON","quantity":null})",
      "reward.codes-added {" + id + R"(,"added":1,"duplicates":1})", "reward.deleted {" + id + R"(,"granted":0})"};
  CHECK(audited(site) == expected);
}
