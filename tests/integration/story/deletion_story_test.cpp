// A user goes and comes back, over HTTP: what they, operators and administrators see on the way.
#include <catch2/catch.hpp>

#include "guerdon/testing.hpp"

using namespace guerdon;
using namespace guerdon::testing;

namespace {

struct Story {
  Story() : admin(server.make_admin()) {
    for (const std::string role : {"OPERATOR", "AUDITOR"})
      keys[role] = server.post("/api/admin/keys", {{"name", role}, {"roles", {role}}}, admin).text("/key");
    const auto made = server.post("/api/events",
                                  {{"name", "A day"},
                                   {"conditionType", "CONSECUTIVE_LOGIN"},
                                   {"conditionParams", {{"days", 1}}},
                                   {"startAt", to_rfc3339(server.clock().now())}},
                                  admin);
    REQUIRE(made.status == 201);
    event = made.text("/id");
    REQUIRE(server.post("/api/events/" + event + "/rewards", {{"type", "POINT"}, {"metadata", {{"amount", 5}}}}, admin)
                .status == 201);
    mina = server.register_user("mina");
    token = server.login("mina");
    server.settle();
    REQUIRE(server.get("/api/wallet", token).at("/points") == 5);
  }

  Response wallet(const std::string& who, const std::string& more = "") {
    return server.get("/api/wallet?userId=" + mina + more, who);
  }
  std::size_t listed(const std::string& path, const std::string& who) {
    const auto page = server.get(path, who);
    INFO(path << ": " << page.body);
    REQUIRE(page.status == 200);
    return page.at("/items").as_array().size();
  }
  Response log_in() {
    return server.post("/api/auth/login", {{"username", "mina"}, {"password", Server::password.data()}});
  }

  Server server;
  std::string admin;
  std::map<std::string, std::string> keys;
  std::string event, mina, token;
};

}  // namespace

TEST_CASE("a user who deletes their account is gone for most, still there for some, and comes back as they were") {
  Story story;
  auto& server = story.server;
  const auto account = server.get("/api/users/" + story.mina, story.admin).json();
  const auto requests = "/api/events/requests?userId=" + story.mina;
  const auto progress = "/api/events/progress?userId=" + story.mina;

  const auto gone = server.del("/api/auth", story.token);
  CHECK(gone.status == 202);
  CHECK(gone.text("/result") == "ACCEPTED");
  CHECK(server.get("/api/auth/info", story.token).status == 401);
  CHECK(server.del("/api/auth", story.token).status == 401);
  server.settle();
  CHECK(server.del("/api/users/" + story.mina, story.admin).text("/sagaId") == gone.text("/sagaId"));

  CHECK(story.log_in().text("/code") == "bad-credentials");
  const auto taken =
      server.post("/api/auth/register",
                  {{"username", "Mina"}, {"email", "other@example.com"}, {"password", Server::password.data()}});
  CHECK(taken.text("/code") == "username-taken");
  CHECK(story.listed("/api/auth/all-users?q=mina", story.admin) == 0);
  for (const auto& who : {story.admin, story.keys["AUDITOR"]}) {
    CHECK(story.listed("/api/auth/all-users?q=mina&includeDeleted=true", who) == 1);
    CHECK(story.listed("/api/auth/all-users?status=DELETED", who) == 1);
    CHECK(server.get("/api/users/" + story.mina, who).text("/deletedAt") == to_rfc3339(server.clock().now()));
    CHECK(story.listed(requests, who) == 0);
    CHECK(story.listed(progress, who) == 0);
    CHECK(story.listed(requests + "&includeDeleted=true", who) == 1);
    CHECK(story.listed(progress + "&includeDeleted=true", who) == 1);
    CHECK(story.wallet(who).at("/points") == 0);
    CHECK(story.wallet(who, "&includeDeleted=true").at("/points") == 5);
    CHECK(story.listed("/api/wallet/ledger?includeDeleted=true&userId=" + story.mina, who) == 1);
  }
  const auto& clerk = story.keys["OPERATOR"];
  CHECK(server.get("/api/users/" + story.mina, clerk).status == 404);
  CHECK(server.get("/api/auth/all-users?includeDeleted=true", clerk).status == 403);
  CHECK(story.wallet(clerk).at("/points") == 0);
  CHECK(story.wallet(clerk, "&includeDeleted=true").status == 403);
  const auto posted = server.post("/api/activities", {{"userId", story.mina}, {"type", "purchase"}}, clerk);
  CHECK(posted.status == 409);
  CHECK(posted.text("/code") == "user-deleted");

  const auto back = server.post("/api/users/" + story.mina + "/restore", {}, story.admin);
  INFO(back.body);
  CHECK(back.status == 200);
  CHECK(back.text("/result") == "OK");
  CHECK(back.at("/restored") == server.get("/api/admin/sagas/" + gone.text("/sagaId"), story.admin).at("/receipt"));
  server.settle();
  CHECK(server.get("/api/users/" + story.mina, story.admin).json() == account);
  CHECK(server.get("/api/auth/info", story.token).status == 401);
  CHECK(story.log_in().status == 200);
  const auto token = server.login("mina");
  CHECK(server.get("/api/wallet", token).at("/points") == 5);
  CHECK(story.listed("/api/events/requests", token) == 1);
  CHECK(server.get("/api/events/" + story.event + "/progress", token).at("/eligible") == true);

  const auto again = server.post("/api/users/" + story.mina + "/restore", {}, story.admin);
  CHECK(again.status == 409);
  CHECK(again.text("/code") == "not-deleted");
  CHECK(server.post("/api/users/usr_01jd3q6p8hfvmt3e8zkx0v9c2a/restore", {}, story.admin).status == 404);
}

TEST_CASE(
    "a user of more rows than one transaction takes goes and comes back whole, and a repeated call is answered alike") {
  Story story;
  auto& server = story.server;
  constexpr int posts = 3, activities = 400;
  const auto event = server.post("/api/events",
                                 {{"name", "Buy"},
                                  {"conditionType", "PURCHASE"},
                                  {"conditionParams", {{"amount", 5000}}},
                                  {"startAt", to_rfc3339(server.clock().now())}},
                                 story.admin);
  INFO(event.body);
  REQUIRE(event.status == 201);
  for (int post = 0; post < posts; ++post) {
    json::array batch;
    for (int i = 0; i < activities; ++i)
      batch.push_back({{"userId", story.mina}, {"type", "purchase"}, {"attributes", {{"amount", 1}}}});
    REQUIRE(server.post("/api/activities/batch", {{"items", std::move(batch)}}, story.keys["OPERATOR"]).status == 202);
  }
  server.settle();
  const auto progress = [&] {
    return server.get("/api/events/" + event.text("/id") + "/progress?userId=" + story.mina, story.admin);
  };
  CHECK(progress().at("/progress") == posts * activities);

  const auto gone = server.del("/api/auth", story.token);
  REQUIRE(gone.status == 202);
  server.settle();
  const auto receipt = server.get("/api/admin/sagas/" + gone.text("/sagaId"), story.admin);
  CHECK(receipt.at("/receipt/progress_activities") == posts * activities);
  CHECK(story.listed("/api/events/progress?userId=" + story.mina, story.admin) == 0);

  auto call = json_call("POST", "/api/users/" + story.mina + "/restore", {}, story.admin);
  call.headers.emplace_back("Idempotency-Key", "back-again");
  const auto back = server.send(call);
  INFO(back.body);
  CHECK(back.status == 200);
  CHECK(back.at("/restored") == receipt.at("/receipt"));
  const auto repeated = server.send(call);
  CHECK(repeated.status == 200);
  CHECK(repeated.body == back.body);
  server.settle();
  CHECK(progress().at("/progress") == posts * activities);
}
