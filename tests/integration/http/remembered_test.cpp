// Answers that are given again: never one that another would be given for by the rows, to nobody who may not have it.
#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "guerdon/json.hpp"
#include "support/eventually.hpp"
#include "support/sync_gate.hpp"
#include "support/toy_app.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

const std::string shelf = "/api/shelf";

std::string item(std::string_view name, std::int64_t count = 1) {
  return R"({"name":")" + std::string{name} + R"(","count":)" + std::to_string(count) + "}";
}

struct Fixture {
  explicit Fixture(Engine engine = Engine::sqlite, store::DatabaseOptions options = {})
      : app(engine, 60s, nullptr, std::move(options)) {}

  RawAnswer get(const std::string& target = shelf, const std::string& further = {}) {
    return client.ask(request("GET", target, token + further));
  }
  std::string add(std::string_view name) {
    const auto answer = client.ask(request_with("POST", "/api/items", item(name), token));
    REQUIRE(answer.status == 201);
    return std::string{parse_json(answer.body).value().at("id").as_string()};
  }
  /// How often the handler ran since the last call.
  int readings() { return app.counts.readings.exchange(0); }

  ToyApp app;
  std::string token = app.account({Role::user, Role::admin});
  RawClient client = app.connect();  // one connection, so one thread
};

std::int64_t count_in(const RawAnswer& answer) {
  return parse_json(answer.body).value().at_pointer("/items/0/count").as_int64();
}

}  // namespace

TEST_CASE("an answer is given again to the same roles that ask for the same") {
  Fixture fixture;
  fixture.add("sword");
  const auto first = fixture.get();
  REQUIRE(first.status == 200);
  CHECK(first.body.find(R"("knowsCaller":false)") != std::string::npos);
  fixture.app.store.clock.advance(1s);
  const auto again = fixture.get();
  CHECK(again.body == first.body);  // its time included
  CHECK(again.header("etag") == first.header("etag"));
  CHECK(again.header("x-request-id") != first.header("x-request-id"));
  CHECK(fixture.readings() == 1);
  const auto other = fixture.app.account({Role::user, Role::admin});
  CHECK(fixture.client.ask(request("GET", shelf, other)).body == first.body);
  CHECK(fixture.readings() == 0);

  CHECK(fixture.get(shelf + "?until=2030-01-01T00:00:00Z").status == 200);
  const auto user = fixture.app.account();
  const auto theirs = fixture.client.ask(request("GET", shelf, user));
  CHECK(theirs.body.find(R"("roles":["USER"])") != std::string::npos);
  CHECK(fixture.readings() == 2);
  CHECK(fixture.get(shelf + "?until=yesterday").status == 400);
  CHECK(fixture.get(shelf + "?until=yesterday").status == 400);
}

TEST_CASE("a change shows at once, whatever its kind, and what is about something else changes nothing") {
  Fixture fixture{GENERATE(from_range(engines()))};
  const auto sees = [&](std::string_view what) { return fixture.get().body.find(what) != std::string::npos; };
  CHECK_FALSE(sees("sword"));
  const auto id = fixture.add("sword");
  CHECK(sees("sword"));
  CHECK(fixture.client.ask(request_with("PUT", "/api/items/" + id, item("spear"), fixture.token)).status == 200);
  CHECK(sees("spear"));
  CHECK_FALSE(sees("sword"));
  CHECK(fixture.client.ask(request_with("POST", "/api/items", item("spear"), fixture.token)).status == 409);
  CHECK(sees("spear"));
  CHECK(fixture.client.ask(request("DELETE", "/api/items/" + id, fixture.token)).status == 204);
  CHECK_FALSE(sees("spear"));
  (void)fixture.readings();
  CHECK(fixture.client.ask(request_with("POST", "/api/open/attempt", "", {})).status == 401);
  (void)fixture.app.account();
  CHECK_FALSE(sees("spear"));
  CHECK(fixture.readings() == (fixture.app.store->engine() == Engine::sqlite ? 0 : 1));
}

TEST_CASE("an answer is given again in the time for which it is right, and for no longer") {
  Fixture fixture;
  auto& clock = fixture.app.store.clock;
  const auto begin = clock.now();
  const auto target = shelf + "?until=2026-03-02T00:01:00Z";  // a minute from the clock's beginning
  (void)fixture.get(target);
  clock.advance(1min - 1ms);
  (void)fixture.get(target);
  CHECK(fixture.readings() == 1);
  clock.advance(1ms);
  CHECK(fixture.get(target).body.find("2026-03-02T00:01:00") != std::string::npos);
  CHECK(fixture.readings() == 1);
  (void)fixture.get(target);
  CHECK(fixture.readings() == 1);  // it may be another at any time now

  (void)fixture.get();
  clock.set(begin - 1h);  // a clock that was wrong
  CHECK(fixture.get().body.find("2026-03-01T23:00:00") != std::string::npos);
  CHECK(fixture.readings() == 2);

  (void)fixture.get(shelf + "?unstable=true");
  (void)fixture.get(shelf + "?unstable=true");
  CHECK(fixture.readings() == 2);
}

TEST_CASE("who may not ask is told so, whatever is remembered") {
  Fixture fixture;
  REQUIRE(fixture.get().status == 200);
  fixture.app.revoke_all();
  CHECK(fixture.get().status == 401);
  CHECK(fixture.client.ask(request("GET", shelf, "")).status == 401);
}

TEST_CASE("a client that has the remembered answer is told that it is still the same") {
  Fixture fixture;
  const auto first = fixture.get();
  const auto tag = first.header("etag");
  REQUIRE_FALSE(tag.empty());
  const auto unchanged = fixture.get(shelf, "If-None-Match: " + tag + "\r\n");
  CHECK(unchanged.status == 304);
  CHECK(unchanged.body.empty());
  CHECK(unchanged.header("etag") == tag);
  CHECK(fixture.get().body == first.body);
  CHECK(fixture.readings() == 1);
  fixture.add("sword");
  CHECK(fixture.get(shelf, "If-None-Match: " + tag + "\r\n").status == 200);
}

TEST_CASE("If-Match is about the remembered answer") {
  Fixture fixture{GENERATE(from_range(engines()))};
  fixture.add("sword");
  const auto tag = fixture.get().header("etag");
  const auto clear = [&](const std::string& named) {
    return fixture.client.ask(request("PUT", shelf, fixture.token + "If-Match: " + named + "\r\n")).status;
  };
  CHECK(clear("\"another\"") == 412);
  CHECK(fixture.get().header("etag") == tag);
  CHECK(clear(tag) == 204);
  CHECK(fixture.get().header("etag") != tag);
}

TEST_CASE("what was there before a change is not given any more once that can be read") {
  SyncGate gate;
  store::DatabaseOptions options;
  options.faults = &gate;
  Fixture fixture{Engine::sqlite, std::move(options)};
  fixture.add("sword");
  REQUIRE(count_in(fixture.get()) == 1);
  gate.close();
  std::vector<std::future<void>> commands;
  queue_behind(*fixture.app.store, [&] {
    for (int i = 0; i < 20; ++i) {
      commands.push_back(submit(*fixture.app.store, [](Tx& tx) {
        tx.exec("UPDATE toy_items SET count = count + 1");
        return true;
      }));
    }
  });
  gate.wait_for_sync();
  (void)fixture.readings();
  fixture.client.send(request("GET", shelf, fixture.token));
  REQUIRE(eventually([&] { return fixture.app.counts.readings > 0; }));  // by the rows, not from memory
  gate.open();
  for (auto& command : commands) command.get();
  CHECK(fixture.client.receive().status == 200);
  CHECK(count_in(fixture.get()) == 21);
}

TEST_CASE("nobody is given an answer that is older than one that anybody was given") {
  Fixture fixture;
  const auto id = fixture.add("sword");
  constexpr std::int64_t rounds = 100;  // as many as an item can count
  std::atomic<std::int64_t> newest{1};
  std::atomic<int> stale{0}, answers{0};
  std::atomic<bool> stops{false};
  const auto tell = [&](std::int64_t value) {
    auto known = newest.load();
    while (known < value && !newest.compare_exchange_weak(known, value)) {
    }
  };
  const auto read_on = [&] {
    while (!stops) {
      auto client = fixture.app.connect();  // which may ask a thousand times
      for (int asked = 0; asked < 500 && !stops; ++asked) {
        const auto before = newest.load();
        const auto seen = count_in(client.ask(request("GET", shelf, fixture.token)));
        answers += 1;
        stale += seen < before ? 1 : 0;
        tell(seen);
      }
    }
  };
  std::vector<std::future<void>> readers;
  for (int i = 0; i < 4; ++i) readers.push_back(std::async(std::launch::async, read_on));
  for (std::int64_t count = 2; count <= rounds; ++count) {
    const auto answer =
        fixture.client.ask(request_with("PUT", "/api/items/" + id, item("sword", count), fixture.token));
    CHECK(answer.status == 200);
    tell(count);
    const auto seen = answers.load();
    CHECK(eventually([&] { return answers >= seen + 20; }));  // some are given again
  }
  stops = true;
  for (auto& reader : readers) reader.get();
  CHECK(stale == 0);
  CHECK(fixture.readings() < answers);
}
