// The main story over HTTP, as a client sees it: an event, seven days of log-ins, the points in the wallet.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "guerdon/testing.hpp"

using namespace guerdon;
using namespace guerdon::testing;
using namespace std::chrono_literals;

namespace {

std::string create_event(Server& server, const std::string& admin, json::object more = {}) {
  json::object body{{"name", "Seven days"},
                    {"conditionType", "CONSECUTIVE_LOGIN"},
                    {"conditionParams", {{"days", 7}}},
                    {"startAt", to_rfc3339(server.clock().now())}};
  for (const auto& member : more) body[member.key()] = member.value();
  const auto made = server.post("/api/events", body, admin);
  INFO(made.body);
  REQUIRE(made.status == 201);
  return made.text("/id");
}

std::string add_reward(Server& server, const std::string& admin, const std::string& event, std::int64_t points,
                       json::value quantity = nullptr) {
  const auto made = server.post("/api/events/" + event + "/rewards",
                                {{"type", "POINT"}, {"metadata", {{"amount", points}}}, {"quantity", quantity}}, admin);
  INFO(made.body);
  REQUIRE(made.status == 201);
  return made.text("/id");
}

std::int64_t points(Server& server, const std::string& token) {
  return server.get("/api/wallet", token).at("/points").to_number<std::int64_t>();
}

}  // namespace

TEST_CASE("seven days of log-ins end in an approved request and points, without anybody's doing") {
  Server server;
  const auto admin = server.make_admin();
  const auto event = create_event(server, admin);
  add_reward(server, admin, event, 500);
  server.register_user("mina");

  std::string token;
  for (int day = 1; day <= 7; ++day) {
    token = server.login("mina");
    server.settle();
    const auto progress = server.get("/api/events/" + event + "/progress", token);
    CHECK(progress.status == 200);
    CHECK(progress.at("/progress") == day);
    CHECK(progress.at("/required") == 7);
    CHECK(progress.at("/eligible") == (day == 7));
    CHECK(progress.at("/detail/countedToday") == true);
    if (day < 7) server.advance(24h);
  }

  const auto requests = server.get("/api/events/requests", token);
  REQUIRE(requests.at("/items").as_array().size() == 1);
  CHECK(requests.at("/items/0/status") == "APPROVED");
  CHECK(requests.at("/items/0/eventId").as_string() == event);
  CHECK(requests.at("/items/0/grants/0/metadata/amount") == 500);
  CHECK(points(server, token) == 500);
  const auto ledger = server.get("/api/wallet/ledger", token);
  CHECK(ledger.at("/items/0/amount") == 500);
  CHECK(ledger.at("/items/0/balance") == 500);
}

TEST_CASE("a user who misses a day starts again at 1") {
  Server server;
  const auto admin = server.make_admin();
  const auto event = create_event(server, admin);
  server.register_user("joon");
  for (const auto& [wait, expected] : {std::pair{0h, 1}, std::pair{24h, 2}, std::pair{48h, 1}, std::pair{24h, 2}}) {
    server.advance(wait);
    const auto token = server.login("joon");
    server.settle();
    CHECK(server.get("/api/events/" + event + "/progress", token).at("/progress") == expected);
  }
}

TEST_CASE("seven log-ins in a minute are one day") {
  Server server;
  const auto admin = server.make_admin();
  const auto event = create_event(server, admin);
  server.register_user("eager");
  std::string token;
  for (int i = 0; i < 7; ++i) {
    token = server.login("eager");
    server.advance(8s);
  }
  CHECK(server.get("/api/events/" + event + "/progress", token).at("/progress") == 1);
}

TEST_CASE("a log-in of the morning counts in an event created at noon that began in the morning") {
  Server server;
  (void)server.make_admin();
  const auto early = server.register_user("early");
  const auto morning = server.clock().now();
  (void)server.login("early");
  server.advance(3h);
  const auto event = create_event(server, server.login("admin"), {{"startAt", to_rfc3339(morning)}});
  server.settle();
  const auto admin = server.login("admin");
  const auto progress = server.get("/api/events/" + event + "/progress?userId=" + early, admin);
  CHECK(progress.at("/progress") == 1);  // before the user does anything more
  server.advance(21h);
  const auto next = server.login("early");
  server.settle();
  CHECK(server.get("/api/events/" + event + "/progress", next).at("/progress") == 2);
}

TEST_CASE("what happened before a change of an event is taken up by itself when it goes on") {
  Server server;
  const auto admin = server.make_admin();
  const json::object day{{"conditionParams", {{"days", 1}}}, {"approval", "MANUAL"}};
  const auto event = create_event(server, admin, day);
  add_reward(server, admin, event, 20);
  server.register_user("patient");
  const auto token = server.login("patient");
  server.settle();
  CHECK(points(server, token) == 0);
  auto body = server.get("/api/events/" + event, admin).json().as_object();
  const auto edit = [&](std::string_view member, json::value value) {
    json::object change;
    for (const auto* kept : {"name", "conditionType", "conditionParams", "startAt", "isActive", "approval"})
      change[kept] = body.at(kept);
    change[member] = body[member] = std::move(value);
    const auto edited = server.put("/api/events/" + event, change, admin);
    INFO(edited.body);
    REQUIRE(edited.status == 200);
    server.settle();
  };
  edit("isActive", false);
  edit("approval", "AUTO");
  CHECK(points(server, token) == 0);
  edit("isActive", true);
  CHECK(points(server, token) == 20);
}

TEST_CASE("a request made early waits and is approved when the condition is met") {
  Server server;
  const auto admin = server.make_admin();
  const auto event = create_event(server, admin, {{"conditionParams", {{"days", 2}}}});
  add_reward(server, admin, event, 20);
  server.register_user("soon");
  const auto token = server.login("soon");
  server.settle();
  const auto asked = server.post("/api/events/" + event + "/requests", json::object{}, token);
  CHECK(asked.status == 201);
  CHECK(asked.at("/status") == "PENDING");
  const auto again = server.post("/api/events/" + event + "/request", json::object{}, token);
  CHECK(again.status == 409);
  CHECK(again.at("/code") == "already-requested");
  CHECK(again.at("/request/id") == asked.at("/id"));

  server.advance(24h);
  const auto later = server.login("soon");
  server.settle();
  const auto request = server.get("/api/events/requests/" + asked.text("/id"), later);
  CHECK(request.at("/status") == "APPROVED");
  CHECK(points(server, later) == 20);
}

TEST_CASE("64 parallel requests of one user over HTTP make one request and one grant") {
  Server server;
  const auto admin = server.make_admin();
  const auto event = create_event(server, admin, {{"conditionParams", {{"days", 2}}}});
  const auto reward = add_reward(server, admin, event, 20, 100);
  server.register_user("racer");
  (void)server.login("racer");
  const auto token = server.login("racer");
  server.settle();

  std::atomic<int> created{0}, conflicts{0};
  std::vector<std::thread> threads;
  std::atomic<bool> go{false};
  for (int i = 0; i < 64; ++i)
    threads.emplace_back([&] {
      Client client{server.port()};
      const auto call = json_call("POST", "/api/events/" + event + "/requests", json::object{}, token);
      while (!go) std::this_thread::yield();
      const auto status = client.send(call).status;
      created += status == 201 ? 1 : 0;
      conflicts += status == 409 ? 1 : 0;
    });
  go = true;
  for (auto& thread : threads) thread.join();
  CHECK(created == 1);
  CHECK(conflicts == 63);

  server.advance(24h);
  const auto later = server.login("racer");
  server.settle();
  CHECK(points(server, later) == 20);
  CHECK(server.get("/api/events/" + event + "/rewards/" + reward, later).at("/granted") == 1);
}

TEST_CASE("what others own is not there for a plain user, and is for staff") {
  Server server;
  const auto admin = server.make_admin();
  const auto event = create_event(server, admin, {{"conditionParams", {{"days", 1}}}});
  add_reward(server, admin, event, 5);
  const auto owner_id = server.register_user("owner");
  server.register_user("other");
  const auto owner = server.login("owner");
  const auto other = server.login("other");
  server.settle();
  const auto request = server.get("/api/events/requests", owner).text("/items/0/id");

  CHECK(server.get("/api/events/requests/" + request, other).status == 404);
  CHECK(server.get("/api/events/requests/" + request, admin).status == 200);
  CHECK(server.get("/api/wallet?userId=" + owner_id, other).status == 404);
  CHECK(server.get("/api/wallet?userId=" + owner_id, admin).at("/points") == 5);
  CHECK(server.get("/api/events/" + event + "/progress?userId=" + owner_id, other).status == 404);
  CHECK(server.get("/api/events/" + event + "/progress?userId=" + owner_id, admin).at("/progress") == 1);
  CHECK(server.get("/api/events/requests", other).at("/items").as_array().size() == 1);
}

TEST_CASE("each route of the story asks for a token and for the right role") {
  Server server;
  const auto admin = server.make_admin();
  const auto event = create_event(server, admin);
  server.register_user("plain");
  const auto user = server.login("plain");
  const json::object event_body{{"name", "x"},
                                {"conditionType", "CONSECUTIVE_LOGIN"},
                                {"conditionParams", {{"days", 1}}},
                                {"startAt", "2026-03-02T00:00:00Z"}};
  const json::object reward_body{{"type", "POINT"}, {"metadata", {{"amount", 1}}}};

  for (const auto& path : {"/api/events", "/api/events/progress", "/api/events/requests", "/api/wallet",
                           "/api/wallet/ledger", "/api/auth/info"}) {
    INFO(path);
    const auto anonymous = server.get(path);
    CHECK(anonymous.status == 401);
    CHECK(anonymous.header("www-authenticate").rfind("Bearer", 0) == 0);
    CHECK(anonymous.header("content-type").rfind("application/problem+json", 0) == 0);
    CHECK(server.get(path, user).status == 200);
  }
  CHECK(server.post("/api/events", event_body, user).status == 403);
  CHECK(server.put("/api/events/" + event, event_body, user).status == 403);
  CHECK(server.post("/api/events/" + event + "/rewards", reward_body, user).status == 403);
  CHECK(server.post("/api/events", event_body).status == 401);
  // An ADMIN without the role USER takes no part.
  CHECK(server.post("/api/events/" + event + "/requests", json::object{}, admin).status == 403);
}

TEST_CASE("an event's ETag lets a reader skip and a writer not overwrite") {
  Server server;
  const auto admin = server.make_admin();
  const auto event = create_event(server, admin);
  const auto path = "/api/events/" + event;
  const auto read = server.get(path, admin);
  const auto tag = read.header("etag");
  REQUIRE_FALSE(tag.empty());

  auto again = Call{"GET", path, {{"Authorization", "Bearer " + admin}, {"If-None-Match", tag}}};
  CHECK(server.send(again).status == 304);
  const json::object changed{{"name", "Renamed"},
                             {"conditionType", "CONSECUTIVE_LOGIN"},
                             {"conditionParams", {{"days", 7}}},
                             {"startAt", read.at("/startAt")}};
  auto write = json_call("PUT", path, changed, admin);
  write.headers.emplace_back("If-Match", tag);
  CHECK(server.send(write).status == 200);
  CHECK(server.send(write).status == 412);
  CHECK(server.send(again).status == 200);
}
