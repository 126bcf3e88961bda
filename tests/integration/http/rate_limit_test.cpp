// Calls that come too often, from the wire to the bucket and back. On each engine, where a request takes another way
// through the store, it is counted once.
#include <catch2/catch.hpp>
#include <set>

#include "guerdon/json.hpp"
#include "guerdon/testing.hpp"
#include "http/job.hpp"
#include "support/toy_app.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

LimitsConfig small_limits() {
  LimitsConfig limits;
  limits.registrations = limits.name_checks = limits.reward_requests = {.times = 2, .window = 1h};
  limits.writes = limits.reads = {.times = 4, .window = 1h};
  return limits;
}

// Its time stands still.
struct LimitedApp {
  explicit LimitedApp(Engine engine, const LimitsConfig& limits = small_limits())
      : limiter(limits, *random, [this] { return now; }), app(engine, 60s, &limiter) {}

  std::unique_ptr<Random> random = system_random();
  http::RateLimiter::Time now{1h};
  http::RateLimiter limiter;
  ToyApp app;
};

std::string item(int number) { return R"({"name":"item)" + std::to_string(number) + R"(","count":1})"; }

std::string code_of(const RawAnswer& answer) {
  return std::string{parse_json(answer.body).value().at("code").as_string()};
}

}  // namespace

TEST_CASE("an answer says what is left of the budget, and what is too much is refused until it came back") {
  LimitedApp limited{GENERATE(from_range(engines()))};
  auto client = limited.app.connect();
  const auto token = limited.app.account();
  for (int left = 3; left >= 0; --left) {
    const auto answer = client.ask(request("GET", "/api/me", token));
    CHECK(answer.status == 200);
    CHECK(answer.header("ratelimit-policy") == "\"reads\";q=4;w=3600");
    CHECK(answer.header("ratelimit") ==
          "\"reads\";r=" + std::to_string(left) + ";t=" + std::to_string((4 - left) * 900));
  }
  const auto refused = client.ask(request("GET", "/api/me", token));
  CHECK(refused.status == 429);
  CHECK(code_of(refused) == "too-many-requests");
  CHECK(refused.header("retry-after") == "900");
  CHECK(refused.header("ratelimit") == "\"reads\";r=0;t=3600");
  CHECK(refused.header("content-type") == "application/problem+json; charset=utf-8");

  limited.now += 900s;
  CHECK(client.ask(request("GET", "/api/me", token)).status == 200);
  CHECK(client.ask(request("GET", "/api/me", token)).status == 429);
}

TEST_CASE("a command is counted once, whichever way it takes through the store") {
  LimitedApp limited{GENERATE(from_range(engines()))};
  auto client = limited.app.connect();
  const auto token = limited.app.account();
  for (int i = 0; i < 4; ++i) {
    const auto answer = client.ask(request_with("POST", "/api/items", item(i), token));
    CHECK(answer.status == 201);
    CHECK(answer.header("ratelimit").find("\"writes\";r=" + std::to_string(3 - i) + ";") == 0);
  }
  CHECK(client.ask(request_with("POST", "/api/items", item(5), token)).status == 429);
  CHECK(limited.app.items() == 4);
  CHECK(client.ask(request("GET", "/api/me", token)).status == 200);  // reads are another budget
}

TEST_CASE("calls that are too many are turned away before the writer, also those with a token that is dead") {
  LimitedApp limited{Engine::sqlite};
  auto client = limited.app.connect();
  const auto token = limited.app.account(), dead = limited.app.account();
  const auto statuses = [&](int calls, const std::string& whose) {
    std::set<int> all;
    for (int i = 0; i < calls; ++i) all.insert(client.ask(request_with("POST", "/api/items", item(i), whose)).status);
    return all;
  };
  const auto commands = [&] { return limited.app.store->stats().commands; };
  CHECK(statuses(4, token) == std::set{201});
  auto before = commands();
  CHECK(statuses(50, token) == std::set{429});
  CHECK(commands() == before);
  limited.app.revoke_all();
  CHECK(statuses(4, dead) == std::set{401});
  before = commands();
  CHECK(statuses(50, dead) == std::set{429});
  CHECK(commands() == before);
}

TEST_CASE("a call that was too much stays so when its command runs again") {
  LimitedApp limited{Engine::sqlite};
  http::Target target;
  REQUIRE(target.parse("/api/items", "localhost").has_value());
  http::RouteTable::Match match;
  limited.app.routes.find("POST", target, match);
  REQUIRE(match.entry != nullptr);
  const auto attempt = [&] {
    http::Job job{.entry = match.entry,
                  .authenticator = &limited.app.authenticator,
                  .caller = {},
                  .credential = {},
                  .call = std::unique_ptr<Call>{},
                  .paired = {},
                  .if_match = {},
                  .if_none_match = {},
                  .repeatable = {},
                  .in_preparation = {}};
    job.limiter = &limited.limiter;
    const bool is_refused = http::count(job).has_value();
    for (int i = 0; i < 3; ++i) CHECK(http::count(job).has_value() == is_refused);
    return is_refused;
  };
  for (int i = 0; i < 4; ++i) CHECK_FALSE(attempt());
  CHECK(attempt());
  limited.now += 900s;
  CHECK_FALSE(attempt());
}

TEST_CASE("a prepared command is counted once, and nothing is prepared for one that is too much") {
  LimitedApp limited{GENERATE(from_range(engines()))};
  auto client = limited.app.connect();
  const auto hash = [&](const std::string& word, const std::string& fields = {}) {
    return client.ask(request_with("POST", "/api/open/hashed", R"({"password":")" + word + R"("})", fields));
  };
  CHECK(hash("a", "Idempotency-Key: k\r\n").status == 201);
  const auto repeat = hash("a", "Idempotency-Key: k\r\n");
  CHECK(repeat.status == 201);
  CHECK(repeat.header("idempotency-replayed") == "true");
  CHECK(repeat.header("ratelimit").find("\"writes\";r=2;") == 0);
  CHECK(hash("refused").header("ratelimit").find("\"writes\";r=1;") == 0);
  const auto faulty = client.ask(request_with("POST", "/api/open/hashed", "{}"));
  CHECK(faulty.status == 400);
  CHECK(faulty.header("ratelimit").find("\"writes\";r=0;") == 0);
  const int prepared = limited.app.counts.preparations;
  CHECK(hash("b").status == 429);
  CHECK(limited.app.counts.preparations == prepared);
}

TEST_CASE("callers are counted apart, and a route's own budget apart from others") {
  LimitedApp limited{Engine::sqlite};
  auto client = limited.app.connect();
  const auto first = limited.app.account(), second = limited.app.account();
  for (int i = 0; i < 5; ++i) static_cast<void>(client.ask(request("GET", "/api/me", first)));
  CHECK(client.ask(request("GET", "/api/me", first)).status == 429);
  CHECK(client.ask(request("GET", "/api/me", second)).status == 200);

  CHECK(client.ask(request_with("POST", "/api/open/items", item(1), "")).status == 201);
  CHECK(client.ask(request_with("POST", "/api/open/items", item(2), "")).status == 201);
  const auto refused = client.ask(request_with("POST", "/api/open/items", item(3), ""));
  CHECK(refused.status == 429);
  CHECK(refused.header("ratelimit-policy") == "\"registrations\";q=2;w=3600");
  CHECK(client.ask(request("POST", "/api/open/login", "Content-Length: 0\r\n")).status == 401);
  for (int i = 0; i < 10; ++i) {
    const auto free = client.ask(request("GET", "/api/open/attempts", ""));
    CHECK(free.status == 200);
    CHECK(free.header("ratelimit").empty());
  }
}

TEST_CASE("what comes without a good token is counted by its address, not by whom it claims to be") {
  LimitedApp limited{GENERATE(from_range(engines()))};
  auto client = limited.app.connect();
  const auto token = limited.app.account(), other = limited.app.account();
  limited.app.revoke_all();
  const auto good = limited.app.account();
  for (const auto& bad : {std::string{"Authorization: Bearer rubbish\r\n"}, token, other, std::string{}}) {
    const auto answer = client.ask(request("GET", "/api/me", bad));
    CHECK(answer.status == 401);
    CHECK(answer.header("ratelimit-policy") == "\"reads\";q=4;w=3600");
  }
  for (const auto& bad : {std::string{"Authorization: Bearer rubbish\r\n"}, token, other, std::string{}})
    CHECK(client.ask(request("GET", "/api/me", bad)).status == 429);
  const auto answer = client.ask(request("GET", "/api/me", good));
  CHECK(answer.status == 200);
  CHECK(answer.header("ratelimit") == "\"reads\";r=3;t=900");

  for (int i = 0; i < 4; ++i) CHECK(client.ask(request_with("POST", "/api/items", item(i), token)).status == 401);
  CHECK(client.ask(request_with("POST", "/api/items", item(5), other)).status == 429);
  CHECK(limited.app.items() == 0);
}

TEST_CASE("staff are not counted unless the configuration says so") {
  LimitedApp sparing{GENERATE(from_range(engines()))};
  auto client = sparing.app.connect();
  const auto staff = sparing.app.account({Role::auditor});
  for (int i = 0; i < 6; ++i) {
    const auto answer = client.ask(request("GET", "/api/me", staff));
    CHECK(answer.status == 200);
    CHECK(answer.header("ratelimit").empty());
  }
  auto strict = small_limits();
  strict.staff_unlimited = false;
  LimitedApp counting{Engine::sqlite, strict};
  auto other = counting.app.connect();
  const auto counted = counting.app.account({Role::admin});
  for (int i = 0; i < 4; ++i) CHECK(other.ask(request("GET", "/api/me", counted)).status == 200);
  CHECK(other.ask(request("GET", "/api/me", counted)).status == 429);
}

TEST_CASE("a refused repeat does not take the place of the answer that was kept") {
  LimitedApp limited{GENERATE(from_range(engines()))};
  auto client = limited.app.connect();
  const auto token = limited.app.account() + "Idempotency-Key: k\r\n";
  const auto first = client.ask(request_with("POST", "/api/items", item(1), token));
  for (int i = 0; i < 3; ++i) CHECK(client.ask(request_with("POST", "/api/items", item(1), token)).body == first.body);
  CHECK(client.ask(request_with("POST", "/api/items", item(1), token)).status == 429);
  limited.now += 900s;
  CHECK(client.ask(request_with("POST", "/api/items", item(1), token)).body == first.body);
}

TEST_CASE("a server limits by its configuration, by the client's address and not the proxy's") {
  testing::Server server{{.configure = [](Config& config) {
    config.limits.enabled = true;
    config.limits.registrations = {.times = 2, .window = 1h};
    config.http.trusted_proxies = {*Network::parse("127.0.0.1")};
  }}};
  const auto register_from = [&](const std::string& name, const std::string& address) {
    auto call = testing::json_call("POST", "/api/auth/register",
                                   {{"username", name}, {"email", name + "@example.com"}, {"password", "a fine pw 1"}});
    call.headers.emplace_back("X-Forwarded-For", "192.0.2.200, " + address);
    return server.send(call);
  };
  CHECK(register_from("ann", "192.0.2.1").status == 201);
  CHECK(register_from("bob", "192.0.2.1").status == 201);
  const auto refused = register_from("cat", "192.0.2.1");
  CHECK(refused.status == 429);
  CHECK(refused.header("ratelimit-policy") == "\"registrations\";q=2;w=3600");
  CHECK(register_from("cat", "192.0.2.2").status == 201);
  CHECK(register_from("dan", "2001:db8::1").status == 201);
  CHECK(register_from("eve", "2001:db8::2").status == 201);
  CHECK(register_from("fay", "2001:db8::3").status == 429);
}

TEST_CASE("where limits are off nothing is counted") {
  testing::Server server;
  for (int i = 0; i < 70; ++i) {
    const auto answer = server.post("/api/auth/register", {{"username", "x"}});
    CHECK(answer.status == 400);
    CHECK(answer.header("ratelimit").empty());
  }
}
