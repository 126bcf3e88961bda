// Whole servers beside a real Redis that is emptied, written to by others, paused, killed and started again: nobody is
// logged out, nothing revoked lives again, and calls go on.
#include <catch2/catch.hpp>
#include <string>

#include "guerdon/crypto.hpp"
#include "guerdon/json.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/eventually.hpp"
#include "support/redis_server.hpp"
#include "support/scrape.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view other_password = "another fine password 2";

void use(Config& config, const RedisServer& redis) {
  config.redis.host = Text<0, 253>::parse("127.0.0.1").value();
  config.redis.port = Bounded<1, 65'535>::make(redis.port()).value();
  config.redis.timeout.value = 5s;  // a machine may be slow; tests of time-outs say so
  config.redis.breaker_pause.value = 50ms;
}

bool is_up(testing::Server& server) {
  return eventually([&] { return server.get("/readyz").text("/dependencies/redis") == "ok"; });
}

bool is_degraded(testing::Server& server) {
  return eventually([&] {
    const auto ready = server.get("/readyz");
    return ready.status == 200 && ready.text("/status") == "degraded" &&
           ready.text("/dependencies/redis") == "unavailable";
  });
}

struct WithRedis {
  explicit WithRedis(std::function<void(Config&)> further = {})
      : server({.configure = [&](Config& config) {
          use(config, redis);
          if (further) further(config);
        }}) {
    REQUIRE(is_up(server));
    ann = server.register_user("ann");
  }

  testing::Response log_in(std::string_view password = testing::Server::password) {
    return server.post("/api/auth/login", {{"username", "ann"}, {"password", json::string{password}}});
  }
  std::string key() const { return "access_token:" + ann; }
  /// Waits until the copy of Ann's session is one of that token.
  bool has_copy_of(const std::string& token) {
    return eventually([&] {
      if (redis.run({"TYPE", key()}) != "string") return false;  // what a test has put there is replaced in a moment
      const auto copy = redis.run({"GET", key()});
      const auto session = parse_json(copy.value_or(""));  // or a text that is none
      return session && session->at("token") == json::string{to_hex(sha256(token))};
    });
  }
  bool has_no_copy() {
    return eventually([&] { return !redis.run({"GET", key()}); });
  }
  int me(const std::string& token) { return server.get("/api/auth/info", token).status; }

  RedisServer redis;
  testing::Server server;
  std::string ann;
};

/// A limit of writes that two calls empty.
void limit_writes(Config& config) {
  config.limits.enabled = true;
  config.limits.writes = {.times = 2, .window = 1h};
}

}  // namespace

TEST_CASE("a session is found in Redis under its user's id, without the token") {
  WithRedis with;
  const auto login = with.log_in();
  const auto token = login.text("/accessToken");
  REQUIRE(with.has_copy_of(token));
  const auto text = with.redis.run({"GET", with.key()}).value();
  CHECK(text.find(token) == std::string::npos);
  const auto copy = parse_json(text)->as_object();
  CHECK(copy.size() == 5);
  const auto now = with.server.clock().now();
  CHECK(copy.at("issuedAt") == json::string{to_rfc3339(now)});
  CHECK(copy.at("expiresAt") == json::string{to_rfc3339(now + 900s)});
  CHECK(copy.at("ver") == 1);
  CHECK(std::string{copy.at("sid").as_string()}.size() > 20);
  const auto life = std::stoll(with.redis.run({"PTTL", with.key()}).value());
  CHECK(life <= 900'000);
  CHECK(life > 800'000);
  for (const auto& secret : {token, login.text("/refreshToken")})
    CHECK(with.redis.run({"EVAL",
                          "local n = 0 for _, k in ipairs(redis.call('KEYS', '*')) do"
                          " if redis.call('TYPE', k).ok == 'string' and"
                          " string.find(redis.call('GET', k), ARGV[1], 1, true) then n = n + 1 end end return n",
                          "0", secret}) == "0");
}

TEST_CASE("a refresh and a new log-in put their token in the place of the one before") {
  WithRedis with;
  const auto first = with.log_in();
  REQUIRE(with.has_copy_of(first.text("/accessToken")));
  const auto second = with.server.post("/api/auth/refresh", {{"refreshToken", first.at("/refreshToken")}});
  REQUIRE(second.status == 200);
  REQUIRE(with.has_copy_of(second.text("/accessToken")));
  CHECK(parse_json(with.redis.run({"GET", with.key()}).value())->as_object().at("ver") == 2);
  const auto third = with.log_in();
  CHECK(with.has_copy_of(third.text("/accessToken")));
}

TEST_CASE("a token that dies leaves Redis, whatever it dies of") {
  WithRedis with;
  const auto admin = with.server.make_admin();
  const auto first = with.log_in();
  const auto token = first.text("/accessToken");
  REQUIRE(with.has_copy_of(token));
  const auto of_ann = "/api/users/" + with.ann;
  const auto password = json::string{testing::Server::password};

  SECTION("by a log-out") { CHECK(with.server.post("/api/auth/logout", {}, token).status == 200); }
  SECTION("by a new password") {
    CHECK(with.server
              .put("/api/auth/info", {{"password", json::string{other_password}}, {"currentPassword", password}}, token)
              .status == 200);
  }
  SECTION("by a new profile, the session going on") {
    CHECK(with.server.put("/api/auth/info", {{"profile", {{"a", 1}}}}, token).status == 200);
  }
  SECTION("by a profile that an administrator changed") {
    CHECK(with.server.put(of_ann, {{"profile", {{"a", 1}}}}, admin).status == 200);
  }
  SECTION("by other roles") {
    CHECK(with.server.put(of_ann + "/roles", {{"roles", {"OPERATOR"}}}, admin).status == 202);
  }
  SECTION("by a suspension") {
    CHECK(with.server.put(of_ann + "/status", {{"status", "SUSPENDED"}}, admin).status == 200);
  }
  SECTION("by a password that was reset") {
    const auto ticket = with.server.post(of_ann + "/password-reset", {}, admin);
    REQUIRE(ticket.status < 300);
    CHECK(with.server
              .post("/api/auth/password",
                    {{"resetToken", ticket.at("/resetToken")}, {"password", json::string{other_password}}})
              .status == 200);
  }
  SECTION("by a deletion") { CHECK(with.server.del("/api/auth", token).status == 202); }
  SECTION("by a refresh token that was stolen") {
    const json::value spent{{"refreshToken", first.at("/refreshToken")}};
    const auto second = with.server.post("/api/auth/refresh", spent);
    REQUIRE(with.has_copy_of(second.text("/accessToken")));
    with.server.advance(1min);
    CHECK(with.server.post("/api/auth/refresh", spent).status == 401);
  }
  CHECK(with.has_no_copy());
  CHECK(with.me(token) == 401);
}

TEST_CASE("a Redis that is emptied, filled with rubbish or restarted logs nobody out") {
  WithRedis with;
  const auto token = with.log_in().text("/accessToken");
  REQUIRE(with.has_copy_of(token));
  SECTION("emptied") { static_cast<void>(with.redis.run({"FLUSHALL"})); }
  SECTION("of another type") {
    static_cast<void>(with.redis.run({"DEL", with.key()}));
    static_cast<void>(with.redis.run({"RPUSH", with.key(), "x"}));
  }
  SECTION("with a text that is no session") { static_cast<void>(with.redis.run({"SET", with.key(), "{\"sid\":1"})); }
  SECTION("restarted, and so empty") {
    with.redis.kill();
    REQUIRE(is_degraded(with.server));  // else the next copy might go to the connection that is lost
    with.redis.start();
  }
  CHECK(with.me(token) == 200);
  REQUIRE(is_up(with.server));
  const auto next = with.log_in().text("/accessToken");
  CHECK(with.has_copy_of(next));
  CHECK(with.me(token) == 401);
  CHECK(with.me(next) == 200);
}

TEST_CASE("a copy of a session that has ended gives nobody their rights back") {
  WithRedis with;
  const auto token = with.log_in().text("/accessToken");
  REQUIRE(with.has_copy_of(token));
  const auto copy = with.redis.run({"GET", with.key()}).value();
  CHECK(with.server.post("/api/auth/logout", {}, token).status == 200);
  REQUIRE(with.has_no_copy());
  static_cast<void>(with.redis.run({"SET", with.key(), copy}));
  CHECK(with.me(token) == 401);
}

TEST_CASE("a log-out while Redis is away is made good when it is back, and holds meanwhile") {
  WithRedis with;
  const auto token = with.log_in().text("/accessToken");
  REQUIRE(with.has_copy_of(token));
  with.redis.pause();
  CHECK(with.server.post("/api/auth/logout", {}, token).status == 200);
  CHECK(with.me(token) == 401);
  with.redis.resume();
  CHECK(with.has_no_copy());
  CHECK(with.me(token) == 401);
}

TEST_CASE("operators see whether Redis is there, and what became of its commands") {
  WithRedis with{[](Config& config) { config.admin.listen = Endpoint{"127.0.0.1", 0}; }};
  const auto page = [&] { return Scrape::of(with.server.app().admin_port()); };
  const auto token = with.log_in().text("/accessToken");
  REQUIRE(with.has_copy_of(token));
  const auto up = page();
  CHECK(up.get("redis_up") == 1);
  CHECK(up.get(R"(redis_breaker_state{state="closed"})") == 1);
  CHECK(up.get(R"(redis_breaker_state{state="open"})") == 0);
  CHECK(up.get("redis_connections_total") == 1);
  CHECK(up.get(R"(redis_commands_total{outcome="answered"})") >= 1);
  CHECK(up.get(R"(redis_commands_total{outcome="skipped"})") == 0);
  CHECK(up.get("redis_command_duration_seconds_count") >= 1);
  CHECK(up.get("redis_owed_removals") == 0);

  with.redis.kill();
  REQUIRE(is_degraded(with.server));
  CHECK(page().get("redis_up") == 0);
  CHECK(with.server.post("/api/auth/logout", {}, token).status == 200);
  CHECK(eventually([&] { return page().get("redis_owed_removals") == 1; }));
  CHECK(page().get(R"(redis_commands_total{outcome="skipped"})") >= 1);
  with.redis.start();
  CHECK(eventually([&] { return page().get("redis_owed_removals") == 0; }));
  CHECK(page().get("redis_up") == 1);
}

TEST_CASE("a server starts and works without its Redis, degraded, and takes it up when it comes") {
  RedisServer redis;
  redis.kill();
  testing::Server server{{.configure = [&](Config& config) {
    use(config, redis);
    limit_writes(config);
  }}};
  REQUIRE(is_degraded(server));
  server.register_user("ann");
  const auto token = server.login("ann");
  CHECK(server.get("/api/auth/info", token).status == 200);
  CHECK(server.post("/api/auth/logout", {}, token).status == 200);
  redis.start();
  REQUIRE(is_up(server));
  CHECK(server.get("/readyz").text("/status") == "ready");
}

TEST_CASE("with a Redis that does not answer requests do, and it is left alone after five of them") {
  RedisServer redis;
  testing::Server server{{.configure = [&](Config& config) {
    use(config, redis);
    config.limits.enabled = true;
    config.redis.timeout.value = 50ms;
  }}};
  REQUIRE(is_up(server));
  server.register_user("ann");
  const auto token = server.login("ann");
  redis.pause();
  for (int i = 0; i < 8; ++i) {
    const auto answer = server.get("/api/auth/info", token);
    CHECK(answer.status == 200);
    CHECK_FALSE(answer.header("ratelimit").empty());
  }
  REQUIRE(is_degraded(server));
  CHECK(server.post("/api/auth/logout", {}, token).status == 200);
  CHECK(server.get("/api/auth/info", token).status == 401);
  redis.resume();
  REQUIRE(is_up(server));
  CHECK(server.get("/api/auth/info", token).status == 401);
}

TEST_CASE("servers on one database count together in one Redis, and alone while it is away") {
  const auto engine = engines().back();
  RedisServer redis;
  const DatabasePlace place{engine}, elsewhere{engine};
  const TempFolder first_folder, second_folder;
  const auto configured = [&](const DatabasePlace& database) {
    return [&redis, url = database.url()](Config& config) {
      use(config, redis);
      limit_writes(config);
      config.database.url = *DatabaseUrl::parse(url);
      config.auth.jwt_secret_base64 = SigningKey{std::string(32, 'k')};
    };
  };
  const bool is_common =
      engine == Engine::postgres;  // an embedded store has one server; its counts are common all the same
  testing::Server one{{.configure = configured(place), .data_folder = first_folder.path().string()}};
  testing::Server other{
      {.configure = configured(is_common ? place : elsewhere), .data_folder = second_folder.path().string()}};
  REQUIRE(is_up(one));
  REQUIRE(is_up(other));
  // Each attempt is a public write of this address: two an hour.
  const auto attempt = [](testing::Server& server) {
    return server.post("/api/auth/refresh", {{"refreshToken", "rt_none"}});
  };
  CHECK(attempt(one).status == 401);
  CHECK(attempt(other).header("ratelimit").find("\"writes\";r=0;") == 0);
  const auto refused = attempt(one);
  CHECK(refused.status == 429);
  CHECK(refused.header("retry-after") != "");
  CHECK(attempt(other).status == 429);

  static_cast<void>(redis.run({"FLUSHALL"}));
  CHECK(attempt(one).status == 429);  // it remembers by itself
  redis.kill();
  REQUIRE(is_degraded(one));
  CHECK(attempt(one).status == 429);
}

TEST_CASE("a user's calls to two servers are one user's") {
  if (engines().size() < 2) return;
  RedisServer redis;
  const DatabasePlace place{Engine::postgres};
  const TempFolder first_folder, second_folder;
  const auto configure = [&](Config& config) {
    use(config, redis);
    limit_writes(config);
    config.limits.writes.times = 4;
    config.database.url = *DatabaseUrl::parse(place.url());
    config.auth.jwt_secret_base64 = SigningKey{std::string(32, 'k')};
  };
  testing::Server one{{.configure = configure, .data_folder = first_folder.path().string()}};
  testing::Server other{{.configure = configure, .data_folder = second_folder.path().string()}};
  REQUIRE(is_up(one));
  REQUIRE(is_up(other));
  one.register_user("ann");
  const auto token = one.login("ann");
  const auto change = [&](testing::Server& server, int number) {
    return server.post("/api/auth/platforms",
                       {{"platform", "STEAM"}, {"platformUserId", "steam-" + std::to_string(number)}}, token);
  };
  int counted = 0;
  for (int i = 0; i < 6; ++i) {
    const auto answer = change(i % 2 == 0 ? one : other, i);
    INFO(answer.body);
    CHECK((answer.status == 429) == (i >= 4));
    if (answer.status != 429) ++counted;
  }
  CHECK(counted == 4);
}
