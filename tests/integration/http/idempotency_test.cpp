// Idempotency-Key: a repeat gets the first answer and has no effect. On each engine.
#include <catch2/catch.hpp>
#include <set>
#include <thread>
#include <vector>

#include "guerdon/json.hpp"
#include "support/toy_app.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

std::string key(std::string_view value) { return "Idempotency-Key: " + std::string{value} + "\r\n"; }

std::string item(std::string_view name) { return R"({"name":")" + std::string{name} + R"(","count":1})"; }

std::string code_of(const RawAnswer& answer) {
  return std::string{parse_json(answer.body).value().at("code").as_string()};
}

bool is_replayed(const RawAnswer& answer) { return answer.header("idempotency-replayed") == "true"; }

}  // namespace

TEST_CASE("a repeat gets the first answer, byte for byte, and has no effect") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  const auto call = request_with("POST", "/api/items", item("sword"), token + key("k1"));
  const auto first = client.ask(call);
  CHECK(first.status == 201);
  CHECK_FALSE(is_replayed(first));
  for (int i = 0; i < 3; ++i) {
    const auto repeat = client.ask(call);
    CHECK(is_replayed(repeat));
    CHECK(repeat.status == 201);
    CHECK(repeat.body == first.body);
    CHECK(repeat.header("content-type") == first.header("content-type"));
    CHECK(repeat.header("x-request-id") != first.header("x-request-id"));
  }
  CHECK(app.counts.creations == 1);
  CHECK(
      is_replayed(client.ask(request_with("POST", "/api/items", item("sword"), token + "X-Idempotency-Key: k1\r\n"))));
  CHECK_FALSE(is_replayed(client.ask(request_with("POST", "/api/items", item("bow"), token + key("k2")))));
}

TEST_CASE("a domain's 409 is kept, with everything else that came with it") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  CHECK(client.ask(request_with("POST", "/api/items", item("sword"), token)).status == 201);
  const auto call = request_with("POST", "/api/items", item("sword"), token + key("k"));
  const auto first = client.ask(call);
  CHECK(first.status == 409);
  app.store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec("DELETE FROM toy_items");
        return {};
      })
      .value();
  const auto repeat = client.ask(call);
  CHECK(is_replayed(repeat));
  CHECK(repeat.status == 409);
  CHECK(repeat.body == first.body);
  CHECK(repeat.header("content-type") == "application/problem+json; charset=utf-8");
  CHECK(app.items() == 0);
}

TEST_CASE("refusals that may pass are not kept") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  const auto auditor = app.account({Role::auditor});
  CHECK(client.ask(request_with("POST", "/api/items", item(""), token + key("a"))).status == 400);
  CHECK(client.ask(request_with("POST", "/api/items", item("a"), token + key("a"))).status == 201);
  CHECK(client.ask(request_with("POST", "/api/items", item("b"), auditor + key("b"))).status == 403);
  CHECK(client.ask(request_with("POST", "/api/items", item("b"), key("b"))).status == 401);
  const auto missing = "/api/items/itm_00000000000000000000000000";
  for (int i = 0; i < 2; ++i) {
    CHECK_FALSE(is_replayed(client.ask(request_with("PUT", missing, item("c"), token + key("c")))));
    const auto broken = client.ask(request("POST", "/api/broken", key("d")));
    CHECK(broken.status == 500);
    CHECK_FALSE(is_replayed(broken));
  }
}

TEST_CASE("a refusal that keeps its effects has them once a try, not once a key") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  for (int i = 0; i < 2; ++i) CHECK(client.ask(request("POST", "/api/open/attempt", key("k"))).status == 401);
  CHECK(client.ask(request("GET", "/api/open/attempts")).body == R"({"number":2})");
}

TEST_CASE("what is kept of a body can't be looked up: no two keys keep the same of it") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  for (const auto* name : {"a", "b", "c"})
    static_cast<void>(client.ask(request_with("POST", "/api/items", item("sword"), token + key(name))));
  const auto kept = app.store->read(
      [](Snapshot& s) { return s.get<std::int64_t>("SELECT count(DISTINCT request) FROM idempotency_keys"); });
  CHECK(kept == 3);
}

TEST_CASE("a key that comes back with another body is refused") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  CHECK(client.ask(request_with("POST", "/api/items", item("sword"), token + key("k"))).status == 201);
  const auto other = client.ask(request_with("POST", "/api/items", item("bow"), token + key("k")));
  CHECK(other.status == 422);
  CHECK(code_of(other) == "idempotency-key-reused");
  CHECK(app.items() == 1);
}

TEST_CASE("a key belongs to one caller, method and path") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto first = app.account({Role::user, Role::admin});
  const auto second = app.account();
  const auto made = client.ask(request_with("POST", "/api/items", item("sword"), first + key("k")));
  CHECK(made.status == 201);
  const auto stolen = client.ask(request_with("POST", "/api/items", item("sword"), second + key("k")));
  CHECK(stolen.status == 409);  // run as new: the name is taken
  CHECK_FALSE(is_replayed(stolen));
  const auto path = "/api/items/" + std::string{parse_json(made.body).value().at("id").as_string()};
  CHECK(client.ask(request_with("PUT", path, item("sword"), first + key("k"))).status == 200);
  CHECK(client.ask(request("DELETE", path, first + key("k"))).status == 204);
  const auto again = client.ask(request("DELETE", path, first + key("k")));
  CHECK(again.status == 204);
  CHECK(is_replayed(again));
}

TEST_CASE("the key of a public call belongs to its address and body") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto ask = [&](const char* name) {
    return client.ask(request_with("POST", "/api/open/items", item(name), key("k")));
  };
  CHECK(ask("sword").status == 201);
  CHECK(is_replayed(ask("sword")));
  CHECK_FALSE(is_replayed(ask("bow")));
  CHECK(app.items() == 2);
}

TEST_CASE("after its window a key is new again, and what has expired is pruned") {
  ToyApp app{GENERATE(from_range(engines())), 60s};
  auto client = app.connect();
  const auto token = app.account();
  const auto call = request_with("POST", "/api/items", item("sword"), token + key("k"));
  CHECK(client.ask(call).status == 201);
  app.store.clock.advance(60s - 1ms);
  CHECK(is_replayed(client.ask(call)));
  app.store.clock.advance(1ms);
  const auto late = client.ask(call);
  CHECK(late.status == 409);
  CHECK_FALSE(is_replayed(late));
  CHECK(is_replayed(client.ask(call)));  // that answer is kept in its turn

  const auto kept = [&] {
    return app.store
        ->write([&](Tx& tx) -> Result<std::int64_t> {
          CHECK(http::prune_kept(tx, 500) < 2);
          return tx.get<std::int64_t>("SELECT count(*) FROM idempotency_keys");
        })
        .value();
  };
  CHECK(kept() == 1);
  app.store.clock.advance(60s);
  CHECK(kept() == 0);
}

TEST_CASE("a key is 1 to 255 visible ASCII characters") {
  ToyApp app;
  auto client = app.connect();
  const auto status = [&](const std::string& fields) {
    return client.ask(request_with("POST", "/api/open/items", item("x"), fields)).status;
  };
  CHECK(status(key("")) == 400);
  CHECK(status(key("a b")) == 400);
  CHECK(status(key("\xc3\xa4")) == 400);
  CHECK(status(key(std::string(256, 'k'))) == 400);
  CHECK(status(key("a") + key("b")) == 400);
  CHECK(status(key("a") + "X-Idempotency-Key: b\r\n") == 400);
  CHECK(status(key(std::string(255, 'k'))) == 201);
  // Where a key means nothing it is not looked at.
  CHECK(client.ask(request("GET", "/api/open/attempts", key(""))).status == 200);
  CHECK(client.ask(request("POST", "/api/open/login", key(""))).status == 401);
}

TEST_CASE("64 threads with one key have one effect and one answer") {
  ToyApp app{GENERATE(from_range(engines()))};
  const auto token = app.account();
  const auto call = request_with("POST", "/api/items", item("sword"), token + key("k"));
  std::vector<RawClient> clients;
  for (int i = 0; i < 64; ++i) clients.push_back(app.connect());
  for (auto& client : clients) client.send(call.substr(0, call.size() - 1));
  std::vector<RawAnswer> answers(clients.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    threads.emplace_back([&, i] { answers[i] = clients[i].ask(call.substr(call.size() - 1)); });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> bodies;
  int first = 0;
  for (const auto& answer : answers) {
    CHECK(answer.status == 201);
    bodies.insert(answer.body);
    first += is_replayed(answer) ? 0 : 1;
  }
  CHECK(bodies.size() == 1);
  CHECK(first == 1);
  CHECK(app.items() == 1);
}

TEST_CASE("a repeat of what was prepared costs no preparation, one of what is being prepared is told to wait") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto call = request_with("POST", "/api/open/hashed", R"({"password":"x"})", key("k"));
  const auto first = client.ask(call);
  CHECK(first.status == 201);
  const auto repeat = client.ask(call);
  CHECK(is_replayed(repeat));
  CHECK(repeat.body == first.body);
  CHECK(app.counts.preparations == 1);
  CHECK(app.counts.creations == 1);

  http::InPreparation registry;
  Digest scope{};
  auto held = registry.enter(scope);
  CHECK(held);
  CHECK_FALSE(registry.enter(scope));
  held.reset();
  CHECK(registry.enter(scope));
}
