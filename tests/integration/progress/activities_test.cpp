// Activities over HTTP: who may post them, what is refused and where, what counts once.
#include <catch2/catch.hpp>

#include "guerdon/ids.hpp"
#include "guerdon/testing.hpp"

using namespace guerdon;
using namespace guerdon::testing;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

Lines faults_of(const Response& answer) {
  REQUIRE(answer.status == 400);
  Lines lines;
  const auto faults = answer.at("/errors");
  for (const auto& fault : faults.as_array())
    lines.push_back(std::string{fault.at("pointer").as_string()} + " " + std::string{fault.at("code").as_string()});
  return lines;
}

struct Shop {
  Shop() {
    server.settle();
    const auto made = server.post("/api/admin/keys", {{"name", "shop"}, {"roles", {"OPERATOR"}}}, admin);
    REQUIRE(made.status == 201);
    key = made.text("/key");
  }

  json::object purchase(std::int64_t amount, json::object more = {}) {
    json::object body{{"userId", user}, {"type", "purchase"}, {"attributes", {{"amount", amount}}}};
    for (const auto& member : more) body[member.key()] = member.value();
    return body;
  }
  Response post(const json::value& body) { return server.post("/api/activities", body, key); }
  Response post_all(json::array items) { return server.post("/api/activities/batch", {{"items", items}}, key); }
  std::string create_event(std::int64_t amount) {
    const auto made = server.post("/api/events",
                                  {{"name", "Spend"},
                                   {"conditionType", "PURCHASE"},
                                   {"conditionParams", {{"amount", amount}}},
                                   {"startAt", "2026-03-01T00:00:00Z"}},
                                  key);
    INFO(made.body);
    REQUIRE(made.status == 201);
    return made.text("/id");
  }
  json::value progress(const std::string& event, std::string_view pointer = "/progress") {
    server.settle();
    return server.get("/api/events/" + event + "/progress?userId=" + user, admin).at(pointer);
  }

  Server server;
  std::string admin = server.make_admin();
  std::string user = server.register_user("mina");
  std::string key;
};

}  // namespace

TEST_CASE("purchases that a shop posts end in points") {
  Shop shop;
  const auto event = shop.create_event(100);
  REQUIRE(shop.server
              .post("/api/events/" + event + "/rewards", {{"type", "POINT"}, {"metadata", {{"amount", 5}}}}, shop.admin)
              .status == 201);
  const auto posted = shop.post(shop.purchase(60, {{"id", "order-1"}}));
  CHECK(posted.status == 202);
  CHECK(posted.body == R"({"id":"order-1"})");
  CHECK(shop.progress(event) == 60);
  shop.server.advance(1s);
  CHECK(shop.post(shop.purchase(60)).text("/id").starts_with("act_"));
  CHECK(shop.progress(event, "/eligible") == true);
  CHECK(shop.server.get("/api/wallet", shop.server.login("mina")).at("/points") == 5);
}

TEST_CASE("the same id from the same caller counts once, from another caller it is another activity") {
  Shop shop;
  const auto event = shop.create_event(1000);
  CHECK(shop.post(shop.purchase(60, {{"id", "order-1"}})).status == 202);
  CHECK(shop.post(shop.purchase(60, {{"id", "order-1"}})).status == 202);
  CHECK(shop.post(shop.purchase(99, {{"id", "order-1"}})).text("/id") == "order-1");
  CHECK(shop.progress(event) == 60);
  CHECK(shop.server.post("/api/activities", shop.purchase(60, {{"id", "order-1"}}), shop.admin).status == 202);
  CHECK(shop.progress(event) == 120);
}

TEST_CASE("an activity happened at most 7 days ago and at most 5 minutes from now") {
  Shop shop;  // it is 2026-03-02T09:00:00Z
  const auto when = [&](const char* at) { return shop.post(shop.purchase(1, {{"occurredAt", at}})); };
  CHECK(when("2026-03-02T09:05:00Z").status == 202);
  CHECK(when("2026-02-23T09:00:00Z").status == 202);
  CHECK(faults_of(when("2026-03-02T09:05:00.001Z")) == Lines{"/occurredAt too-large"});
  CHECK(faults_of(when("2026-02-23T08:59:59.999Z")) == Lines{"/occurredAt too-small"});
}

TEST_CASE("what can't be counted is refused, with a pointer") {
  Shop shop;
  CHECK(faults_of(shop.post({{"userId", shop.user}, {"type", "a b"}})) == Lines{"/type bad-format"});
  CHECK(faults_of(shop.post(shop.purchase(1, {{"attributes", {{"amount", 9223372036854775808U}}}}))) ==
        Lines{"/attributes/amount too-large"});
  CHECK(faults_of(shop.post(shop.purchase(1, {{"points", 1}}))) == Lines{"/points unknown-member"});
}

TEST_CASE("activities of users who are unknown, suspended or going are refused, each in its own words") {
  Shop shop;
  CHECK(faults_of(shop.post(shop.purchase(1, {{"userId", "usr_01jd3q6p8hfvmt3e8zkx0v9c2a"}}))) ==
        Lines{"/userId unknown-user"});
  const auto suspended = shop.server.register_user("sue");
  REQUIRE(shop.server.put("/api/users/" + suspended + "/status", {{"status", "SUSPENDED"}}, shop.admin).status == 200);
  CHECK(faults_of(shop.post(shop.purchase(1, {{"userId", suspended}}))) == Lines{"/userId user-suspended"});
  const auto going = shop.server.register_user("guy");
  REQUIRE(shop.server.del("/api/users/" + going, shop.admin).status == 202);
  const auto refused = shop.post(shop.purchase(1, {{"userId", going}}));
  CHECK(refused.status == 409);
  CHECK(refused.text("/code") == "user-deleted");
  CHECK(shop.post_all({shop.purchase(1), shop.purchase(1, {{"userId", going}})}).text("/errors/0/pointer") ==
        "/items/1/userId");
  CHECK(faults_of(shop.post_all({shop.purchase(1, {{"userId", suspended}}), shop.purchase(1, {{"userId", going}})})) ==
        Lines{"/items/0/userId user-suspended", "/items/1/userId user-deleted"});
}

TEST_CASE("a number counts the same however it was written") {
  Shop shop;
  const auto event = shop.create_event(1000);
  for (const json::value& amount : {json::value(100.0), json::value(100)})  // 1E2 and 100 on the wire
    CHECK(shop.post({{"userId", shop.user}, {"type", "purchase"}, {"attributes", {{"amount", amount}}}}).status == 202);
  CHECK(shop.progress(event) == 200);
}

TEST_CASE("a batch is taken whole, and says how much of it was known") {
  Shop shop;
  const auto event = shop.create_event(1000);
  const auto one = shop.purchase(10, {{"id", "a"}});
  const auto answer = shop.post_all({one, shop.purchase(20, {{"id", "b"}}), one});
  CHECK(answer.status == 202);
  CHECK(answer.body == R"({"accepted":2,"duplicates":1})");
  CHECK(shop.post_all({one, shop.purchase(30)}).body == R"({"accepted":1,"duplicates":1})");
  CHECK(shop.progress(event) == 60);
}

TEST_CASE("a batch with a fault is refused whole, with every fault where it stands") {
  Shop shop;
  const auto event = shop.create_event(1000);
  const auto answer =
      shop.post_all({shop.purchase(10), shop.purchase(10, {{"userId", "usr_01jd3q6p8hfvmt3e8zkx0v9c2a"}}),
                     shop.purchase(10, {{"occurredAt", "2026-01-01T00:00:00Z"}})});
  CHECK(faults_of(answer) == Lines{"/items/1/userId unknown-user", "/items/2/occurredAt too-small"});
  CHECK(shop.progress(event) == 0);
  CHECK(faults_of(shop.post_all({})) == Lines{"/items too-few"});
}

TEST_CASE("a batch of a thousand is taken, one more is not") {
  Shop shop;
  const auto event = shop.create_event(100'000);
  json::array items;
  for (int i = 0; i < 1000; ++i) items.push_back(shop.purchase(3, {{"id", "order-" + std::to_string(i)}}));
  CHECK(shop.post_all(items).at("/accepted") == 1000);
  CHECK(shop.progress(event) == 3000);
  items.push_back(shop.purchase(3));
  CHECK(faults_of(shop.post_all(items)) == Lines{"/items too-many"});
}

TEST_CASE("a refresh continues a run where the event counts sessions") {
  Shop shop;
  const auto make = [&](const char* source) {
    return shop.server
        .post("/api/events",
              {{"name", "Stay"},
               {"conditionType", "CONSECUTIVE_LOGIN"},
               {"conditionParams", {{"days", 3}, {"source", source}}},
               {"startAt", "2026-03-01T00:00:00Z"}},
              shop.key)
        .text("/id");
  };
  const auto logins = make("LOGIN");
  const auto sessions = make("SESSION");
  const auto in = shop.server.post("/api/auth/login", {{"username", "mina"}, {"password", Server::password.data()}});
  REQUIRE(in.status == 200);
  shop.server.settle();
  shop.server.advance(24h);
  shop.admin = shop.server.login("admin");
  REQUIRE(shop.server.post("/api/auth/refresh", {{"refreshToken", in.text("/refreshToken")}}).status == 200);
  CHECK(shop.progress(sessions) == 2);
  CHECK(shop.progress(logins) == 1);
}

TEST_CASE("a friend who registers with an invite code and logs in counts for the inviter") {
  Shop shop;
  const auto made = shop.server.post("/api/events",
                                     {{"name", "Friends"},
                                      {"conditionType", "INVITE_FRIENDS"},
                                      {"conditionParams", {{"count", 2}}},
                                      {"startAt", "2026-03-01T00:00:00Z"}},
                                     shop.key);
  REQUIRE(made.status == 201);
  const auto code = shop.server.get("/api/auth/info", shop.server.login("mina")).text("/inviteCode");
  REQUIRE(shop.server
              .post("/api/auth/register", {{"username", "friend"},
                                           {"email", "friend@example.com"},
                                           {"password", Server::password.data()},
                                           {"inviteCode", code}})
              .status == 201);
  CHECK(shop.progress(made.text("/id")) == 0);
  shop.server.login("friend");
  CHECK(shop.progress(made.text("/id")) == 1);
}
