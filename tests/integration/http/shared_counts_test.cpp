// Calls that are counted in common with other servers: where on its way a call is asked about, and what comes of it.
#include <catch2/catch.hpp>

#include "guerdon/json.hpp"
#include "support/eventually.hpp"
#include "support/fake_counts.hpp"
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

struct SharingApp {
  explicit SharingApp(Engine engine)
      : limiter(small_limits(), *random, [this] { return now; }, 1000, &counts), app(engine, 60s, &limiter) {}

  std::unique_ptr<Random> random = system_random();
  http::RateLimiter::Time now{1h};
  FakeCounts counts;
  http::RateLimiter limiter;
  ToyApp app;
};

std::string item(int number) { return R"({"name":"item)" + std::to_string(number) + R"(","count":1})"; }

}  // namespace

TEST_CASE("each way through the store is counted in common once") {
  SharingApp sharing{GENERATE(from_range(engines()))};
  auto client = sharing.app.connect();
  const auto token = sharing.app.account();
  const auto read = client.ask(request("GET", "/api/me", token));
  CHECK(read.status == 200);
  CHECK(read.header("ratelimit") == "\"reads\";r=3;t=900");
  CHECK(sharing.counts.asked("reads:user:") == 1);
  const auto made = client.ask(request_with("POST", "/api/items", item(1), token));
  CHECK(made.status == 201);
  CHECK(made.header("ratelimit") == "\"writes\";r=3;t=900");
  CHECK(sharing.counts.asked("writes:user:") == 1);
  CHECK(client.ask(request_with("POST", "/api/items", "{}", token)).status == 400);
  CHECK(sharing.counts.asked("writes:user:") == 2);
  CHECK(client.ask(request_with("POST", "/api/open/hashed", R"({"password":"a"})", "Idempotency-Key: k\r\n")).status ==
        201);
  CHECK(client.ask(request_with("POST", "/api/open/hashed", R"({"password":"a"})", "Idempotency-Key: k\r\n"))
            .header("idempotency-replayed") == "true");
  CHECK(sharing.counts.asked("writes:address:") == 2);
  CHECK(client.ask(request_with("POST", "/api/open/items", item(2), "")).status == 201);
  CHECK(sharing.counts.asked("registrations:address:") == 1);
  CHECK(sharing.counts.asked("") == 6);
  CHECK(sharing.app.items() == 3);
}

TEST_CASE("a command that others have made too much is refused without a trace, and so is its preparation") {
  SharingApp sharing{GENERATE(from_range(engines()))};
  auto client = sharing.app.connect();
  const auto token = sharing.app.account();
  CHECK(client.ask(request_with("POST", "/api/items", item(1), token)).status == 201);
  CHECK(client.ask(request_with("POST", "/api/open/hashed", R"({"password":"a"})")).status == 201);
  for (const auto& bucket : sharing.counts.buckets())
    while (sharing.counts.count(bucket).is_allowed) continue;

  const auto before = sharing.app.items();
  const int created = sharing.app.counts.creations, prepared = sharing.app.counts.preparations;
  const auto refused = client.ask(request_with("POST", "/api/items", item(2), token));
  CHECK(refused.status == 429);
  CHECK(refused.header("retry-after") == "900");
  CHECK(refused.header("ratelimit") == "\"writes\";r=0;t=3600");
  CHECK(client.ask(request_with("POST", "/api/open/hashed", R"({"password":"b"})")).status == 429);
  CHECK(sharing.app.items() == before);
  CHECK(sharing.app.counts.creations == created);
  CHECK(sharing.app.counts.preparations == prepared);
}

TEST_CASE("while the common counts are asked nothing is done, and other clients are served") {
  SharingApp sharing{GENERATE(from_range(engines()))};
  auto client = sharing.app.connect();
  auto other = sharing.app.connect();
  const auto token = sharing.app.account();
  sharing.counts.mode = FakeCounts::Mode::waits;
  client.send(request_with("POST", "/api/items", item(1), token));
  REQUIRE(eventually([&] { return sharing.counts.waiting() == 1; }));
  CHECK(sharing.app.counts.creations == 0);
  CHECK(sharing.app.items() == 0);
  CHECK(other.ask(request("GET", "/api/open/attempts", "")).status == 200);
  sharing.counts.release();
  CHECK(client.receive().status == 201);
  CHECK(sharing.app.items() == 1);
}

TEST_CASE("a command in steps is counted in common once, before the first of them") {
  SharingApp sharing{GENERATE(from_range(engines()))};
  auto client = sharing.app.connect();
  const auto token = sharing.app.account();
  sharing.counts.mode = FakeCounts::Mode::waits;
  client.send(request_with("POST", "/api/steps", item(1), token));
  REQUIRE(eventually([&] { return sharing.counts.waiting() == 1; }));
  CHECK(sharing.app.counts.creations == 0);
  sharing.counts.release();
  const auto made = client.receive();
  CHECK(made.status == 201);
  CHECK(made.header("ratelimit") == "\"writes\";r=3;t=900");
  CHECK(sharing.app.items() == 3);
  CHECK(sharing.counts.asked("") == 1);

  const auto keyed = request_with("POST", "/api/steps", item(2), token + "Idempotency-Key: k\r\n");
  CHECK(client.ask(keyed).status == 201);
  CHECK(client.ask(keyed).header("idempotency-replayed") == "true");
  CHECK(sharing.app.items() == 6);
  CHECK(sharing.counts.asked("writes:user:") == 3);
}

TEST_CASE("what is prepared for an account is counted in common once, before the preparation") {
  SharingApp sharing{GENERATE(from_range(engines()))};
  auto client = sharing.app.connect();
  const auto token = sharing.app.account();
  sharing.counts.mode = FakeCounts::Mode::waits;
  client.send(request_with("POST", "/api/hashed", R"({"password":"a"})", token));
  REQUIRE(eventually([&] { return sharing.counts.waiting() == 1; }));
  CHECK(sharing.app.counts.preparations == 0);
  sharing.counts.release();
  CHECK(client.receive().status == 201);
  CHECK(sharing.counts.asked("") == 1);

  const auto keyed = request_with("POST", "/api/hashed", R"({"password":"b"})", token + "Idempotency-Key: k\r\n");
  CHECK(client.ask(keyed).status == 201);
  CHECK(client.ask(keyed).header("idempotency-replayed") == "true");
  CHECK(sharing.counts.asked("writes:user:") == 3);
  CHECK(sharing.app.counts.preparations == 2);

  for (const auto& bucket : sharing.counts.buckets())
    while (sharing.counts.count(bucket).is_allowed) continue;
  CHECK(client.ask(request_with("POST", "/api/hashed", R"({"password":"c"})", token)).status == 429);
  CHECK(sharing.app.counts.preparations == 2);
  CHECK(sharing.app.items() == 2);
}

TEST_CASE("who follows is counted in common once, before the first word") {
  SharingApp sharing{GENERATE(from_range(engines()))};
  auto client = sharing.app.connect();
  const auto follow = request("GET", "/api/me", sharing.app.account() + "Accept: text/event-stream\r\n");
  sharing.counts.mode = FakeCounts::Mode::waits;
  client.send(follow);
  REQUIRE(eventually([&] { return sharing.counts.waiting() == 1; }));
  sharing.counts.release();
  const auto head = client.receive(true);
  CHECK(head.status == 200);
  CHECK(head.header("ratelimit") == "\"reads\";r=3;t=900");
  CHECK(client.receive_until("word\n\n") == "retry: 2000\n\ndata: word\n\n");
  CHECK(sharing.counts.asked("") == 1);

  for (const auto& bucket : sharing.counts.buckets())
    while (sharing.counts.count(bucket).is_allowed) continue;
  const auto refused = sharing.app.connect().ask(follow);
  CHECK(refused.status == 429);
  CHECK(refused.header("retry-after") == "900");
}

TEST_CASE("without an answer from the common counts calls go on, by the server's own") {
  SharingApp sharing{GENERATE(from_range(engines()))};
  auto client = sharing.app.connect();
  const auto token = sharing.app.account();
  sharing.counts.mode = GENERATE(FakeCounts::Mode::is_lost, FakeCounts::Mode::is_down);
  for (int i = 0; i < 4; ++i) CHECK(client.ask(request_with("POST", "/api/items", item(i), token)).status == 201);
  CHECK(client.ask(request_with("POST", "/api/items", item(5), token)).status == 429);
  CHECK(client.ask(request("GET", "/api/me", token)).status == 200);
  CHECK(client.ask(request_with("POST", "/api/open/hashed", R"({"password":"a"})")).status == 201);
}

TEST_CASE("nobody's calls are counted in common by their address, and staff's not at all") {
  SharingApp sharing{GENERATE(from_range(engines()))};
  auto client = sharing.app.connect();
  const auto token = sharing.app.account();
  sharing.app.revoke_all();
  const auto staff = sharing.app.account({Role::admin});
  CHECK(client.ask(request("GET", "/api/me", "Authorization: Bearer rubbish\r\n")).status == 401);
  CHECK(client.ask(request("GET", "/api/me", token)).status == 401);
  CHECK(client.ask(request_with("POST", "/api/items", item(1), token)).status == 401);
  CHECK(sharing.counts.asked("reads:address:") == 2);
  CHECK(sharing.counts.asked("writes:address:") == 1);
  CHECK(client.ask(request_with("POST", "/api/items", item(2), staff)).status == 201);
  CHECK(client.ask(request("GET", "/api/me", staff)).status == 200);
  CHECK(sharing.counts.asked("") == 3);
}

TEST_CASE("a call that the roles forbid is counted in common all the same") {
  SharingApp sharing{GENERATE(from_range(engines()))};
  auto client = sharing.app.connect();
  const auto token = sharing.app.account();
  CHECK(client.ask(request("DELETE", "/api/items/itm_00000000000000000000000000", token)).status == 403);
  CHECK(sharing.counts.asked("writes:user:") == 1);
}
