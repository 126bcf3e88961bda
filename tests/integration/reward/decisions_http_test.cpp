// Reward requests over HTTP: the story from the event to the reward, the operators' desk, and the end of an event.
#include <catch2/catch.hpp>

#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;
using testing::Response;

namespace {

struct Story {
  explicit Story(Engine engine = Engine::sqlite) : place(engine), server(options()) {
    admin = server.make_admin();
    opal = staff("opal", "OPERATOR");
    audrey = staff("audrey", "AUDITOR");
  }

  testing::ServerOptions options() const {
    testing::ServerOptions result;
    result.data_folder = folder.path().string();
    result.configure = [this](Config& config) {
      config.database.url = *DatabaseUrl::parse(place.url());
      config.auth.access_token_ttl.value = 24h * 60;  // so that days can pass between two calls
      config.auth.refresh_token_ttl.value = 24h * 60;
    };
    return result;
  }

  std::string staff(const std::string& name, std::string_view role) {
    const auto id = server.register_user(name);
    const auto changed = server.put("/api/users/" + id + "/roles", {{"roles", {role}}}, admin);
    if (changed.status != 202) throw std::runtime_error("no roles for " + name + ": " + changed.body);
    return server.login(name);
  }
  std::string user(const std::string& name) {
    server.register_user(name);
    auto token = server.login(name);
    server.settle();
    return token;
  }

  std::string make_event(json::object more) {
    json::object body{{"name", "Days"},
                      {"conditionType", "CONSECUTIVE_LOGIN"},
                      {"conditionParams", {{"days", 2}}},
                      {"startAt", to_rfc3339(server.clock().now())}};
    for (auto& member : more) body[member.key()] = member.value();
    const auto made = server.post("/api/events", body, opal);
    if (made.status != 201) throw std::runtime_error("the event was refused: " + made.body);
    const json::value reward{{"type", "POINT"}, {"metadata", {{"amount", 70}}}, {"quantity", 5}};
    const auto rewarded = server.post("/api/events/" + made.text("/id") + "/rewards", reward, opal);
    if (rewarded.status != 201) throw std::runtime_error("the reward was refused: " + rewarded.body);
    return made.text("/id");
  }

  Response ask(const std::string& event, const std::string& token) {
    return server.post("/api/events/" + event + "/requests", nullptr, token);
  }
  Response decide(const std::string& id, const std::string& what, const json::value& body, const std::string& token) {
    return server.post("/api/events/requests/" + id + "/" + what, body, token);
  }
  Response get(const std::string& id, const std::string& token) {
    return server.get("/api/events/requests/" + id, token);
  }
  std::size_t listed(const std::string& token, const std::string& query = "") {
    return server.get("/api/events/requests" + query, token).at("/items").as_array().size();
  }

  test::TempFolder folder;
  test::DatabasePlace place;
  testing::Server server;
  std::string admin, opal, audrey;
};

}  // namespace

TEST_CASE("a user asks early, meets the condition, and the approved request is theirs and the staff's to see") {
  Story story{GENERATE(from_range(test::engines()))};
  const auto event = story.make_event({});
  auto bob = story.user("bob");
  const auto carol = story.user("carol");

  const auto asked = story.ask(event, bob);
  REQUIRE(asked.status == 201);
  const auto id = asked.text("/id");
  CHECK(asked.text("/status") == "PENDING");
  CHECK(asked.at("/eligible") == false);
  CHECK(asked.text("/eventId") == event);
  CHECK(asked.at("/processedAt").is_null());
  CHECK(asked.at("/operatorId").is_null());
  CHECK(asked.at("/reason").is_null());
  CHECK(asked.at("/grants").as_array().empty());
  const auto again = story.ask(event, bob);
  CHECK(again.status == 409);
  CHECK(again.text("/code") == "already-requested");
  CHECK(again.text("/request/id") == id);
  CHECK(again.text("/request/status") == "PENDING");

  story.server.advance(24h);
  bob = story.server.login("bob");
  story.server.settle();
  for (const auto& token : {bob, story.opal, story.audrey, story.admin}) {
    const auto seen = story.get(id, token);
    REQUIRE(seen.status == 200);
    CHECK(seen.text("/status") == "APPROVED");
    CHECK(seen.at("/eligible") == true);
    CHECK(seen.text("/processedAt") == to_rfc3339(story.server.clock().now()));
    CHECK(seen.at("/operatorId").is_null());
    CHECK(seen.at("/grants/0/metadata/amount") == 70);
    CHECK(story.listed(token) == 1);
    CHECK(story.listed(token, "?status=APPROVED&eventId=" + event) == 1);
    CHECK(story.listed(token, "?status=PENDING") == 0);
  }
  CHECK(story.get(id, carol).status == 404);
  CHECK(story.listed(carol) == 0);
  CHECK(story.server.get("/api/events/requests?userId=" + asked.text("/userId"), carol).status == 404);
  CHECK(story.server.get("/api/wallet", bob).at("/points") == 70);
}

TEST_CASE("an operator's desk: what is asked, approved, overridden, rejected and asked again") {
  Story story{GENERATE(from_range(test::engines()))};
  const auto event = story.make_event({{"approval", "MANUAL"}, {"conditionParams", {{"days", 1}}}});
  const auto bob = story.user("bob");
  const auto id = story.ask(event, bob).text("/id");
  CHECK(story.listed(story.opal, "?status=PENDING") == 1);
  CHECK(story.get(id, story.opal).at("/eligible") == true);
  CHECK(story.decide(id, "approve", nullptr, story.audrey).status == 403);
  CHECK(story.decide(id, "approve", nullptr, bob).status == 403);

  const auto unexplained = story.decide(id, "reject", json::object{}, story.opal);
  CHECK(unexplained.status == 400);
  CHECK(unexplained.text("/errors/0/pointer") == "/reason");
  const auto rejected = story.decide(id, "reject", {{"reason", "a second account"}}, story.opal);
  REQUIRE(rejected.status == 200);
  CHECK(rejected.text("/status") == "REJECTED");
  CHECK(rejected.text("/reason") == "a second account");
  CHECK(rejected.text("/operatorId") == story.server.get("/api/auth/info", story.opal).text("/id"));
  CHECK(story.get(id, bob).text("/reason") == "a second account");
  const auto late = story.decide(id, "approve", nullptr, story.opal);
  CHECK(late.status == 409);
  CHECK(late.text("/code") == "not-pending");
  CHECK(late.text("/request/status") == "REJECTED");

  const auto again = story.ask(event, bob);
  REQUIRE(again.status == 201);
  CHECK(again.text("/id") != id);
  const auto approved = story.decide(again.text("/id"), "approve", nullptr, story.opal);
  REQUIRE(approved.status == 200);
  CHECK(approved.text("/status") == "APPROVED");
  CHECK(approved.at("/grants").as_array().size() == 1);
  CHECK(story.server.get("/api/wallet", bob).at("/points") == 70);
  CHECK(story.decide("req_01jd3q6p8hfvmt3e8zkx0v9c2a", "approve", nullptr, story.opal).status == 404);

  const auto audit = story.server.get("/api/admin/audit?subjectId=" + again.text("/id"), story.admin);
  CHECK(audit.text("/items/0/action") == "request.approved");
  CHECK(audit.text("/items/0/actorId") == rejected.text("/operatorId"));
  CHECK(story.server.get("/api/admin/audit?subjectId=" + id, story.admin).text("/items/0/action") ==
        "request.rejected");
}

TEST_CASE("an override wants a reason, and nobody decides their own request") {
  Story story;
  const auto event = story.make_event({{"conditionParams", {{"days", 30}}}});
  const auto bob = story.user("bob");
  const auto id = story.ask(event, bob).text("/id");
  CHECK(story.decide(id, "approve", nullptr, story.opal).text("/code") == "not-eligible");
  const auto silent = story.decide(id, "approve", {{"override", true}}, story.opal);
  CHECK(silent.status == 400);
  CHECK(silent.text("/errors/0/pointer") == "/reason");
  CHECK(story.decide(id, "approve", {{"roles", "ADMIN"}}, story.opal).status == 400);
  const auto approved = story.decide(id, "approve", {{"override", true}, {"reason", "our fault"}}, story.opal);
  REQUIRE(approved.status == 200);
  CHECK(approved.at("/eligible") == false);
  CHECK(approved.text("/reason") == "our fault");

  const auto dora = story.server.register_user("dora");
  REQUIRE(story.server.put("/api/users/" + dora + "/roles", {{"roles", {"USER", "OPERATOR"}}}, story.admin).status ==
          202);
  const auto token = story.server.login("dora");
  const auto own = story.ask(event, token).text("/id");
  for (const auto* what : {"approve", "reject"}) {
    const auto refused = story.decide(own, what, {{"reason", "I may"}}, token);
    CHECK(refused.status == 403);
    CHECK(refused.text("/code") == "own-request");
  }
  const auto bulk = story.server.post("/api/events/requests/bulk-approve", {{"ids", {own}}}, token);
  REQUIRE(bulk.status == 200);
  CHECK(bulk.at("/approved").as_array().empty());
  CHECK(bulk.text("/failed/0/id") == own);
  CHECK(bulk.text("/failed/0/code") == "own-request");
}

TEST_CASE("nobody decides their own request by a key that they made, not even once it is another's to use") {
  Story story{GENERATE(from_range(test::engines()))};
  const auto event = story.make_event({{"approval", "MANUAL"}, {"conditionParams", {{"days", 1}}}});
  const auto ada = story.server.register_user("ada");
  REQUIRE(story.server.put("/api/users/" + ada + "/roles", {{"roles", {"USER", "ADMIN"}}}, story.admin).status == 202);
  const auto token = story.server.login("ada");
  story.server.settle();
  const auto key =
      story.server.post("/api/admin/keys", {{"name", "mine"}, {"roles", {"OPERATOR"}}}, token).text("/key");
  const auto other = story.server.post("/api/admin/keys", {{"name", "his"}, {"roles", {"OPERATOR"}}}, story.admin);
  const auto own = story.ask(event, token).text("/id");
  const auto of_bob = story.ask(event, story.user("bob")).text("/id");
  for (const auto* what : {"approve", "reject"}) {
    const auto refused = story.decide(own, what, {{"reason", "I may"}}, key);
    CHECK(refused.status == 403);
    CHECK(refused.text("/code") == "own-request");
  }
  const auto bulk = story.server.post("/api/events/requests/bulk-approve", {{"ids", {own, of_bob}}}, key);
  CHECK(bulk.at("/approved") == json::value{of_bob});
  CHECK(bulk.text("/failed/0/code") == "own-request");
  CHECK(story.decide(own, "approve", nullptr, other.text("/key")).status == 200);
}

TEST_CASE(
    "a bulk approval of many is done in chunks and answered as one, and a repeat with its key gives that answer") {
  Story story{GENERATE(from_range(test::engines()))};
  const auto event = story.make_event({{"approval", "MANUAL"}, {"conditionParams", {{"days", 1}}}});
  const auto id = story.ask(event, story.user("bob")).text("/id");
  // Whoever has asked is among many whose ids are nobody's.
  json::array ids;
  for (int i = 0; i < 130; ++i) ids.emplace_back("req_01jd3q6p8hfvmt3e8zkx0v9" + std::to_string(100 + i));
  ids[125] = json::string(id);
  auto call = testing::json_call("POST", "/api/events/requests/bulk-approve", {{"ids", ids}}, story.opal);
  call.headers.emplace_back("Idempotency-Key", "many");
  const auto bulk = story.server.send(call);
  REQUIRE(bulk.status == 200);
  CHECK(bulk.at("/approved") == json::value{id});
  REQUIRE(bulk.at("/failed").as_array().size() == 129);
  for (std::size_t i = 0; i < 129; ++i) CHECK(bulk.at("/failed").as_array()[i].at("id") == ids[i < 125 ? i : i + 1]);
  const auto repeated = story.server.send(call);
  CHECK(repeated.body == bulk.body);
  CHECK(repeated.header("idempotency-replayed") == "true");
  CHECK(story.get(id, story.opal).text("/status") == "APPROVED");
}

TEST_CASE("who was suspended, or no USER, when a friend met the condition for them is served once they are back") {
  Story story{GENERATE(from_range(test::engines()))};
  const auto event = story.make_event({{"conditionType", "INVITE_FRIENDS"}, {"conditionParams", {{"count", 1}}}});
  const auto with_friend = [&](const std::string& code, const std::string& name) {
    const auto made = story.server.post("/api/auth/register", {{"username", name},
                                                               {"email", name + "@example.com"},
                                                               {"password", "correct horse battery"},
                                                               {"inviteCode", code}});
    REQUIRE(made.status == 201);
    REQUIRE(story.server.post("/api/auth/login", {{"username", name}, {"password", "correct horse battery"}}).status ==
            200);
    story.server.settle();
  };
  const auto status_of = [&](const std::string& user) {
    const auto items = story.server.get("/api/events/requests?userId=" + user, story.opal).at("/items");
    return items.as_array().empty() ? std::string{"none"} : std::string{items.at(0).at("status").as_string()};
  };
  const auto put = [&](const std::string& user, const std::string& what, const json::value& body) {
    const auto answer = story.server.put("/api/users/" + user + "/" + what, body, story.admin);
    REQUIRE(answer.status / 100 == 2);
    story.server.settle();
  };

  const auto early = story.server.register_user("early");
  const auto early_token = story.server.login("early");
  const auto silent = story.server.register_user("silent");
  const auto silent_token = story.server.login("silent");
  const auto code_of = [&](const std::string& token) {
    return story.server.get("/api/auth/info", token).text("/inviteCode");
  };
  const auto early_code = code_of(early_token);
  const auto silent_code = code_of(silent_token);
  REQUIRE(story.ask(event, early_token).text("/status") == "PENDING");
  put(early, "status", {{"status", "SUSPENDED"}});
  put(silent, "roles", {{"roles", {"OPERATOR"}}});
  with_friend(early_code, "friend1");
  with_friend(silent_code, "friend2");
  CHECK(status_of(early) == "PENDING");
  CHECK(status_of(silent) == "none");

  put(early, "status", {{"status", "ACTIVE"}});
  put(silent, "roles", {{"roles", {"USER", "OPERATOR"}}});
  CHECK(status_of(early) == "APPROVED");
  CHECK(status_of(silent) == "APPROVED");
}

TEST_CASE("a service key approves in bulk, and the same key of idempotency gives the same answer") {
  Story story;
  const auto event = story.make_event({{"approval", "MANUAL"}, {"conditionParams", {{"days", 1}}}});
  const auto key = story.server.post("/api/admin/keys", {{"name", "shop"}, {"roles", {"OPERATOR"}}}, story.admin);
  json::array ids;
  for (const auto* name : {"bob", "carol", "dora"}) ids.emplace_back(story.ask(event, story.user(name)).text("/id"));
  REQUIRE(story.decide(ids[1].as_string().c_str(), "reject", {{"reason", "no"}}, key.text("/key")).status == 200);

  auto call = testing::json_call("POST", "/api/events/requests/bulk-approve", {{"ids", ids}}, key.text("/key"));
  call.headers.emplace_back("Idempotency-Key", "all-of-them");
  const auto bulk = story.server.send(call);
  REQUIRE(bulk.status == 200);
  CHECK(bulk.at("/approved") == json::value(json::array{ids[0], ids[2]}));
  CHECK(bulk.text("/failed/0/code") == "not-pending");
  const auto repeated = story.server.send(call);
  CHECK(repeated.body == bulk.body);
  CHECK(repeated.header("idempotency-replayed") == "true");
  CHECK(story.get(ids[0].as_string().c_str(), story.opal).text("/operatorId") == key.text("/id"));
  CHECK(story.get(ids[1].as_string().c_str(), story.opal).text("/status") == "REJECTED");

  const auto approve_all = [&](const json::value& body) {
    return story.server.post("/api/events/requests/bulk-approve", body, story.opal);
  };
  CHECK(approve_all(json::object{}).status == 400);
  CHECK(approve_all({{"ids", json::array{}}}).status == 400);
  CHECK(approve_all({{"ids", {"usr_01jd3q6p8hfvmt3e8zkx0v9c2a"}}}).status == 400);
  json::array many(1001, ids[0]);
  CHECK(approve_all({{"ids", many}}).text("/errors/0/code") == "too-many");
  many.pop_back();
  const auto most = approve_all({{"ids", many}});
  REQUIRE(most.status == 200);
  CHECK(most.at("/failed").as_array().size() == 1);
}

TEST_CASE("early, on time and late: who asks when, and what becomes of who still waits") {
  Story story{GENERATE(from_range(test::engines()))};
  const auto end = story.server.clock().now() + 3 * 24h;
  const auto event =
      story.make_event({{"approval", "MANUAL"}, {"conditionParams", {{"days", 1}}}, {"endAt", to_rfc3339(end)}});
  const auto far = story.make_event({{"startAt", to_rfc3339(end)}, {"approval", "MANUAL"}});
  const auto bob = story.user("bob");
  const auto carol = story.user("carol");
  CHECK(story.ask(far, bob).text("/code") == "event-not-running");
  const auto id = story.ask(event, bob).text("/id");

  story.server.advance(3 * 24h);
  story.user("dora");  // her first log-in comes after the end
  CHECK(story.ask(event, story.server.login("dora")).text("/code") == "event-not-running");
  story.server.advance(7 * 24h - 1ms);
  const auto late = story.ask(event, carol);
  REQUIRE(late.status == 201);
  CHECK(late.at("/eligible") == true);

  story.server.advance(1ms);
  for (const auto& request : {id, late.text("/id")}) {
    const auto over = story.get(request, story.audrey);
    CHECK(over.text("/status") == "REJECTED");
    CHECK(over.text("/reason") == "event-over");
    CHECK(over.at("/operatorId").is_null());
  }
  CHECK(story.ask(event, carol).text("/code") == "event-not-running");
  const auto rewards = story.server.get("/api/events/" + event + "/rewards", story.opal);
  CHECK(rewards.at("/items/0/remaining") == 5);
}
