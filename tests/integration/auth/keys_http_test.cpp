// Service keys over HTTP: what one may do, and how it is refused.
#include <catch2/catch.hpp>

#include "guerdon/testing.hpp"

namespace guerdon {
namespace {

using namespace std::chrono_literals;
using testing::json_call;
using testing::Response;
using testing::Server;

struct Shop {
  Server server;
  std::string admin = server.make_admin();

  Response make(const json::value& body) { return server.post("/api/admin/keys", body, admin); }
  Response make_key(std::string_view role) { return make({{"name", "shop"}, {"roles", {role}}}); }
};

json::value an_event() {
  return {{"name", "A week"},
          {"conditionType", "CONSECUTIVE_LOGIN"},
          {"conditionParams", {{"days", 3}}},
          {"startAt", "2026-03-02T00:00:00Z"}};
}

TEST_CASE("An ADMIN makes a service key, sees it once, lists and revokes it") {
  Shop shop;
  const auto made = shop.make({{"name", "shop"}, {"roles", {"OPERATOR"}}, {"expiresAt", "2026-04-01T00:00:00+09:00"}});
  REQUIRE(made.status == 201);
  CHECK(made.text("/id").starts_with("key_"));
  CHECK(made.text("/key").starts_with(made.text("/id") + "_"));
  CHECK(made.text("/name") == "shop");
  CHECK(made.at("/roles") == json::value{"OPERATOR"});
  CHECK(made.text("/expiresAt") == "2026-03-31T15:00:00.000Z");
  CHECK(made.text("/createdAt") == "2026-03-02T09:00:00.000Z");
  CHECK(made.text("/createdBy") == shop.server.get("/api/auth/info", shop.admin).text("/id"));
  CHECK(made.json().as_object().size() == 7);
  CHECK(made.header("cache-control") == "no-store");

  const auto listed = shop.server.get("/api/admin/keys", shop.admin);
  REQUIRE(listed.status == 200);
  CHECK(listed.text("/items/0/id") == made.text("/id"));
  CHECK_FALSE(listed.at("/items/0").as_object().contains("key"));
  CHECK(listed.body.find(made.text("/key").substr(31)) == std::string::npos);

  const auto revoked = shop.server.del("/api/admin/keys/" + made.text("/id"), shop.admin);
  CHECK(revoked.status == 204);
  CHECK(shop.server.get("/api/admin/keys", shop.admin).at("/items").as_array().empty());
  CHECK(shop.server.get("/api/admin/keys?includeRevoked=true", shop.admin).text("/items/0/revokedAt") ==
        "2026-03-02T09:00:00.000Z");
  CHECK(shop.server.del("/api/admin/keys/" + made.text("/id"), shop.admin).status == 404);

  const auto audit = shop.server.get("/api/admin/audit?subjectId=" + made.text("/id"), shop.admin);
  CHECK(audit.text("/items/0/action") == "key.revoked");
  CHECK(audit.text("/items/1/action") == "key.created");
  CHECK(audit.body.find(made.text("/key").substr(31)) == std::string::npos);
}

TEST_CASE("A key with the role OPERATOR makes an event under its own id and reads lists") {
  Shop shop;
  const auto made = shop.make_key("OPERATOR");
  const auto key = made.text("/key");
  const auto event = shop.server.post("/api/events", an_event(), key);
  REQUIRE(event.status == 201);
  CHECK(event.text("/createdBy") == made.text("/id"));
  CHECK(shop.server.get("/api/events", key).text("/items/0/id") == event.text("/id"));
  CHECK(shop.server.get("/api/events/requests", key).status == 200);
  CHECK(shop.server.get("/api/wallet?userId=" + shop.server.register_user("bob"), key).status == 200);
}

TEST_CASE("What is about an account is refused to every key, and so is the making of keys") {
  Shop shop;
  for (const auto* role : {"OPERATOR", "AUDITOR", "ADMIN"}) {
    CAPTURE(role);
    const auto made = shop.make_key(role);
    const auto key = made.text("/key");
    const auto refused = shop.server.get("/api/auth/info", key);
    CHECK(refused.status == 403);
    CHECK(refused.text("/code") == "forbidden");
    CHECK(refused.header("www-authenticate") == "Bearer realm=\"guerdon\", error=\"insufficient_scope\"");
    CHECK(shop.server.post("/api/admin/keys", {{"name", "more"}, {"roles", {"ADMIN"}}}, key).status == 403);
    CHECK(shop.server.get("/api/admin/keys", key).status == 403);
    CHECK(shop.server.del("/api/admin/keys/" + made.text("/id"), key).status == 403);
    CHECK(shop.server.get("/api/auth/platforms", key).status == 403);
  }
}

TEST_CASE("Nobody but an ADMIN makes, sees or revokes keys") {
  Shop shop;
  const auto id = shop.make_key("OPERATOR").text("/id");
  shop.server.register_user("bob");
  const auto bob = shop.server.login("bob");
  CHECK(shop.server.post("/api/admin/keys", {{"name", "x"}, {"roles", {"ADMIN"}}}, bob).status == 403);
  CHECK(shop.server.get("/api/admin/keys", bob).status == 403);
  CHECK(shop.server.del("/api/admin/keys/" + id, bob).status == 403);
  CHECK(shop.server.post("/api/admin/keys", {{"name", "x"}, {"roles", {"ADMIN"}}}).status == 401);
}

TEST_CASE("A key with the role AUDITOR reads and writes nothing") {
  Shop shop;
  const auto event = shop.server.post("/api/events", an_event(), shop.admin).text("/id");
  const auto key = shop.make_key("AUDITOR").text("/key");
  CHECK(shop.server.get("/api/admin/audit", key).status == 200);
  CHECK(shop.server.get("/api/events/" + event, key).status == 200);
  CHECK(shop.server.post("/api/events", an_event(), key).status == 403);
  CHECK(shop.server.put("/api/events/" + event, an_event(), key).status == 403);
  CHECK(shop.server.post("/api/events/" + event + "/requests", {}, key).status == 403);
}

TEST_CASE("A revoked key is refused at the very next request, on every connection") {
  Shop shop;
  const auto made = shop.make_key("OPERATOR");
  const auto key = made.text("/key");
  testing::Client other{shop.server.port()};
  REQUIRE(shop.server.get("/api/events", key).status == 200);
  REQUIRE(other.send(json_call("GET", "/api/events", {}, key)).status == 200);
  REQUIRE(shop.server.del("/api/admin/keys/" + made.text("/id"), shop.admin).status == 204);
  for (const auto& refused : {shop.server.get("/api/events", key), other.send(json_call("GET", "/api/events", {}, key)),
                              shop.server.post("/api/events", an_event(), key)}) {
    CHECK(refused.status == 401);
    CHECK(refused.text("/code") == "token-revoked");
    CHECK(refused.header("www-authenticate") == "Bearer realm=\"guerdon\", error=\"invalid_token\"");
  }
}

TEST_CASE("A key is refused from the instant that it expires at, though its form was remembered") {
  Shop shop;
  const auto made = shop.make({{"name", "shop"}, {"roles", {"OPERATOR"}}, {"expiresAt", "2026-03-02T09:00:30Z"}});
  const auto key = made.text("/key");
  shop.server.clock().advance(29'999ms);
  CHECK(shop.server.get("/api/events", key).status == 200);
  shop.server.clock().advance(1ms);
  const auto refused = shop.server.get("/api/events", key);
  CHECK(refused.status == 401);
  CHECK(refused.text("/code") == "token-expired");
  CHECK(refused.header("www-authenticate") == "Bearer realm=\"guerdon\", error=\"invalid_token\"");
}

TEST_CASE("A key outlives the minute that its form is remembered for") {
  Shop shop;
  const auto key = shop.make_key("OPERATOR").text("/key");
  for (int i = 0; i < 3; ++i) {
    CHECK(shop.server.get("/api/events", key).status == 200);
    shop.server.clock().advance(61s);
  }
}

TEST_CASE("A wrong secret and another's are refused like a key that never was") {
  Shop shop;
  const auto one = shop.make_key("OPERATOR").text("/key");
  const auto two = shop.make_key("ADMIN").text("/key");
  auto wrong = one;
  wrong[40] = wrong[40] == 'A' ? 'B' : 'A';
  for (const auto& key : {wrong, one.substr(0, 31) + two.substr(31), two.substr(0, 31) + one.substr(31),
                          "key_01jd3q6p8hfvmt3e8zkx0v9c2a" + one.substr(30)}) {
    CAPTURE(key);
    const auto refused = shop.server.get("/api/events", key);
    CHECK(refused.status == 401);
    CHECK(refused.text("/code") == "token-revoked");
  }
}

/// What somebody might send in the place of `good`, each wrong in its form.
std::vector<std::string> malformed_keys(const std::string& good) {
  const auto id = good.substr(0, 30);
  const auto secret = good.substr(31);
  auto upper = good;
  upper[10] = 'Z';
  return {"key_",
          id,
          id + "_",
          "_" + secret,
          "key_" + secret,
          good.substr(0, good.size() - 1),
          good + "A",
          good + "=",
          "key_" + good,
          "KEY_" + good.substr(4),
          "Key_" + good.substr(4),
          "usr_" + good.substr(4),
          upper,
          "key_8" + good.substr(5),  // more than 128 bits
          "key_u" + good.substr(5),  // not of the alphabet
          id + "-" + secret,         // another separator
          id + "." + secret,
          id + "__" + secret.substr(1) + "=",
          id + "_" + secret.substr(0, 42) + "B",  // bits after the last byte
          id + "_" + secret.substr(0, 42) + "+",
          id + "_" + secret.substr(0, 42) + "/",
          id + "_" + std::string(86, 'A'),  // 64 bytes
          id + "_" + std::string(64, '0'),  // hexadecimal
          good + "_" + secret,
          good + "." + secret + "." + secret,
          "key_" + std::string(3000, 'a'),
          good + " " + good,
          good + "%00"};
}

TEST_CASE("A malformed key is no token at all, whatever is wrong with it") {
  Shop shop;
  const auto good = shop.make_key("ADMIN").text("/key");
  for (const auto& key : malformed_keys(good)) {
    CAPTURE(key);
    const auto refused = shop.server.get("/api/events", key);
    CHECK(refused.status == 401);
    CHECK(refused.text("/code") == "unauthenticated");
    CHECK(refused.header("www-authenticate") == "Bearer realm=\"guerdon\", error=\"invalid_token\"");
  }
  CHECK(shop.server.get("/api/events", good).status == 200);
}

TEST_CASE("An Idempotency-Key keeps no service key: the repeat makes another one") {
  Shop shop;
  auto call = json_call("POST", "/api/admin/keys", {{"name", "shop"}, {"roles", {"OPERATOR"}}}, shop.admin);
  call.headers.emplace_back("Idempotency-Key", "once");
  const auto first = shop.server.send(call);
  const auto second = shop.server.send(call);
  REQUIRE(first.status == 201);
  REQUIRE(second.status == 201);
  CHECK(second.header("idempotency-replayed").empty());
  CHECK(first.text("/id") != second.text("/id"));
  const auto secret = first.text("/key").substr(31);
  const auto kept = shop.server.database().read(
      [](Snapshot& s) { return s.get<std::int64_t>("SELECT count(*) FROM idempotency_keys"); });
  CHECK(kept == 0);
  const auto document = shop.server.get("/openapi.json").at("/paths");
  const auto parameters_of = [&](std::string_view path, std::string_view method) {
    return json::serialize(document.as_object().at(path).as_object().at(method));
  };
  CHECK(parameters_of("/api/admin/keys", "post").find("IdempotencyKey") == std::string::npos);
  CHECK(parameters_of("/api/admin/keys/{id}", "delete").find("IdempotencyKey") != std::string::npos);
}

TEST_CASE("A fault of a request for a key is told with its pointer") {
  Shop shop;
  const auto refused = shop.make({{"name", "x"}, {"roles", {"USER"}}});
  CHECK(refused.status == 400);
  CHECK(refused.text("/code") == "validation-failed");
  CHECK(refused.text("/errors/0/pointer") == "/roles");
  CHECK(shop.make({{"name", "x"}, {"roles", {"ROOT"}}}).text("/errors/0/pointer") == "/roles/0");
  CHECK(shop.make({{"name", "x"}, {"roles", {"ADMIN"}}, {"expiresAt", "2026-03-02T09:00:00Z"}})
            .text("/errors/0/pointer") == "/expiresAt");
}

}  // namespace
}  // namespace guerdon
