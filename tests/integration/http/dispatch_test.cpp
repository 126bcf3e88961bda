// Requests through routes to the store and back: admission, input, answers, failures. On each engine.
#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

#include "guerdon/json.hpp"
#include "support/eventually.hpp"
#include "support/toy_app.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

/// Notes the patience of the commands that it passes on.
class WatchedDatabase final : public Database {
 public:
  explicit WatchedDatabase(Database& database) : database_(database) {}

  [[nodiscard]] Engine engine() const noexcept override { return database_.engine(); }
  void submit(std::unique_ptr<Command> command) override {
    {
      const std::lock_guard lock{mutex_};
      patience_.push_back(command->patience());
    }
    database_.submit(std::move(command));
  }
  [[nodiscard]] std::unique_ptr<Reader> open_reader() override { return database_.open_reader(); }
  void close() override { database_.close(); }

  [[nodiscard]] std::vector<std::chrono::milliseconds> patience() const {
    const std::lock_guard lock{mutex_};
    return patience_;
  }

 private:
  Database& database_;
  mutable std::mutex mutex_;
  std::vector<std::chrono::milliseconds> patience_;
};

json::value document(const RawAnswer& answer) { return parse_json(answer.body).value(); }

std::string text(const RawAnswer& answer, std::string_view pointer) {
  const auto body = document(answer);
  return std::string{body.at_pointer({pointer.data(), pointer.size()}).as_string()};
}

std::string code_of(const RawAnswer& answer) { return text(answer, "/code"); }

std::string item(std::string_view name, int count = 1) {
  return R"({"name":")" + std::string{name} + R"(","count":)" + std::to_string(count) + "}";
}

std::string created(RawClient& client, const std::string& token, std::string_view name) {
  const auto answer = client.ask(request_with("POST", "/api/items", item(name), token));
  REQUIRE(answer.status == 201);
  return text(answer, "/id");
}

}  // namespace

TEST_CASE("what a command made, the next query shows") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  const auto id = created(client, token, "sword");
  const auto answer = client.ask(request("GET", "/api/items/" + id, token));
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"id":")" + id + R"(","name":"sword","count":1})");
  CHECK(client.ask(request("GET", "/api/item/" + id, token)).body == answer.body);
  CHECK(client.ask(request("GET", "/api/items", token)).body ==
        R"({"items":[)" + answer.body + R"(],"nextCursor":null})");
  const auto missing = client.ask(request("GET", "/api/items/itm_00000000000000000000000000", token));
  CHECK(missing.status == 404);
  CHECK(code_of(missing) == "not-found");
}

TEST_CASE("a domain's refusal is a problem document") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  created(client, token, "sword");
  const auto answer = client.ask(request_with("POST", "/api/items", item("sword"), token + "X-Request-Id: r1\r\n"));
  CHECK(answer.status == 409);
  CHECK(answer.header("content-type") == "application/problem+json; charset=utf-8");
  CHECK(answer.body ==
        R"({"type":"urn:guerdon:problem:name-taken","title":"Conflict","status":409,"code":"name-taken",)"
        R"("detail":"That name is taken.","requestId":"r1"})");
}

TEST_CASE("who may call is asked of the token, the rows and the route, in that order") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto user = app.account();
  const auto ask = [&](const std::string& fields) { return client.ask(request("GET", "/api/me", fields)); };

  const auto anonymous = ask("");
  CHECK(anonymous.status == 401);
  CHECK(code_of(anonymous) == "unauthenticated");
  CHECK(anonymous.header("www-authenticate") == "Bearer realm=\"guerdon\"");
  CHECK(ask("Authorization: Basic dXNlcjpwdw==\r\n").header("www-authenticate") == "Bearer realm=\"guerdon\"");

  const auto forged = ask("Authorization: Bearer nonsense\r\n");
  CHECK(forged.status == 401);
  CHECK(forged.header("www-authenticate") == "Bearer realm=\"guerdon\", error=\"invalid_token\"");
  const auto expired = ask("Authorization: Bearer usr_00000000000000000000000000.expired\r\n");
  CHECK(code_of(expired) == "token-expired");
  CHECK(ask(user + user).status == 400);

  const auto served = ask(user + "User-Agent: a\xc3\xa4z\r\n");
  CHECK(served.status == 200);
  CHECK(text(served, "/roles/0") == "USER");
  CHECK(text(served, "/address") == "127.0.0.1");
  CHECK(text(served, "/userAgent") == "a??z");
  CHECK(text(served, "/requestId") == served.header("x-request-id"));

  const auto id = created(client, user, "sword");
  const auto forbidden = client.ask(request("DELETE", "/api/items/" + id, user));
  CHECK(forbidden.status == 403);
  CHECK(code_of(forbidden) == "forbidden");
  CHECK(forbidden.header("www-authenticate") == "Bearer realm=\"guerdon\", error=\"insufficient_scope\"");
  CHECK(app.items() == 1);
  CHECK(client.ask(request("DELETE", "/api/items/" + id, app.account({Role::admin}))).status == 204);
  CHECK(app.items() == 0);

  app.revoke_all();
  const auto revoked = ask(user);
  CHECK(revoked.status == 401);
  CHECK(code_of(revoked) == "token-revoked");
  CHECK(client.ask(request_with("POST", "/api/items", item("bow"), user)).status == 401);
  CHECK(app.items() == 0);
}

TEST_CASE("a verified token is remembered, its bearer's standing is not") {
  ToyApp app;
  auto client = app.connect();
  const auto token = app.account();
  for (int i = 0; i < 5; ++i) CHECK(client.ask(request("GET", "/api/me", token)).status == 200);
  CHECK(app.authenticator.verified == 1);
  app.store.clock.advance(std::chrono::minutes{15});
  CHECK(client.ask(request("GET", "/api/me", token)).status == 200);
  CHECK(app.authenticator.verified == 2);
}

TEST_CASE("all faults of a request are told at once, to those who may call") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  const std::string bad = R"({"count":1000,"roles":["ADMIN"]})";
  const auto answer = client.ask(request_with("PUT", "/api/items/nonsense?sort=x", bad, token));
  CHECK(answer.status == 400);
  CHECK(code_of(answer) == "validation-failed");
  CHECK(document(answer).at("errors").as_array().size() == 5);
  CHECK(text(answer, "/errors/0/parameter") == "id");
  CHECK(text(answer, "/errors/1/parameter") == "sort");
  CHECK(client.ask(request_with("PUT", "/api/items/nonsense?sort=x", bad)).status == 401);
  CHECK(client.ask(request_with("POST", "/api/items", bad, app.account({Role::auditor}))).status == 403);

  const auto unknown_filter = client.ask(request("GET", "/api/items?color=red&limit=0", token));
  CHECK(unknown_filter.status == 400);
  CHECK(document(unknown_filter).at("errors").as_array().size() == 2);
  CHECK(client.ask(request_with("POST", "/api/open/items", bad)).status == 400);
  CHECK(code_of(client.ask(request_with("POST", "/api/open/items", "{"))) == "malformed-json");
  const auto form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n";
  CHECK(client.ask(request("POST", "/api/open/items", form) + "a=b").status == 415);
}

TEST_CASE("paths and methods that nobody has are told apart") {
  ToyApp app;
  auto client = app.connect();
  CHECK(client.ask(request("GET", "/nowhere")).status == 404);
  CHECK(client.ask(request("GET", "/api/items/")).status == 404);
  CHECK(client.ask(request("GET", "/api//items")).status == 404);
  CHECK(client.ask(request("GET", "/metrics")).status == 404);
  const auto wrong = client.ask(request("PATCH", "/api/items/itm_00000000000000000000000000"));
  CHECK(wrong.status == 405);
  CHECK(code_of(wrong) == "method-not-allowed");
  CHECK(wrong.header("allow") == "GET, HEAD, PUT, DELETE, OPTIONS");
  CHECK(client.ask(request("BREW", "/api/items")).header("allow") == "GET, HEAD, POST, OPTIONS");
  const auto options = client.ask(request("OPTIONS", "/api/items"));
  CHECK(options.status == 204);
  CHECK(options.header("allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(client.ask(request("OPTIONS", "*")).status == 204);
  CHECK(client.ask(request("OPTIONS", "/nowhere")).status == 404);
}

TEST_CASE("an answer that the client does not accept is not made") {
  ToyApp app;
  auto client = app.connect();
  const auto status = [&](const std::string& accept) {
    return client.ask(request("GET", "/api/open/attempts", "Accept: " + accept + "\r\n")).status;
  };
  for (const char* good : {"application/json", "*/*", "application/*", "text/html, */*;q=0.1", "Application/JSON;q=0.5",
                           "text/html,application/json;q=0.9", "application/json;charset=utf-8", ""}) {
    INFO(good);
    CHECK(status(good) == 200);
  }
  for (const char* bad : {"text/html", "application/xml, text/*", "application/json;q=0", "*/*, application/json;q=0.0",
                          "application/*;q=0, */*"}) {
    INFO(bad);
    CHECK(status(bad) == 406);
  }
}

TEST_CASE("a copy that is still the same is not sent again") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  const auto path = "/api/items/" + created(client, token, "sword");
  const auto etag = client.ask(request("GET", path, token)).header("etag");
  CHECK(etag.size() == 34);
  for (const auto& tags : {etag, "\"x\", " + etag, "W/" + etag, std::string{"*"}}) {
    INFO(tags);
    const auto answer = client.ask(request("GET", path, token + "If-None-Match: " + tags + "\r\n"));
    CHECK(answer.status == 304);
    CHECK(answer.header("etag") == etag);
    CHECK(answer.headers.count("content-length") == 0);
  }
  CHECK(client.ask(request("GET", path, token + "If-None-Match: \"x\"\r\n")).status == 200);
  const auto head = client.send(request("HEAD", path, token)).receive(true);
  CHECK(head.header("etag") == etag);
}

TEST_CASE("a change can insist on the copy it was made from") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  const auto path = "/api/items/" + created(client, token, "sword");
  const auto etag = client.ask(request("GET", path, token)).header("etag");
  const auto put = [&](int count, const std::string& fields) {
    return client.ask(request_with("PUT", path, item("sword", count), token + fields)).status;
  };
  CHECK(put(2, "If-Match: W/" + etag + "\r\n") == 412);
  CHECK(put(2, "If-Match: \"x\"\r\n") == 412);
  CHECK(put(2, "If-Match: " + etag + "\r\n") == 200);
  CHECK(put(3, "If-Match: " + etag + "\r\n") == 412);
  CHECK(put(3, "If-Match: " + etag + "\r\nIdempotency-Key: k\r\n") == 412);
  CHECK(put(4, "If-Match: *\r\nIdempotency-Key: k\r\n") == 200);
  CHECK(put(5, "") == 200);
  const auto gone = "/api/items/itm_00000000000000000000000000";
  CHECK(client.ask(request_with("PUT", gone, item("bow"), token + "If-Match: *\r\n")).status == 404);
}

TEST_CASE("a long query leaves the I/O thread and is answered all the same") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  client.send(request("GET", "/api/long", token) + request("GET", "/api/open/attempts"));
  CHECK(client.receive().body == R"({"number":100000})");
  CHECK(client.receive().body == R"({"number":0})");
  CHECK(client.ask(request("GET", "/api/long")).status == 401);
}

TEST_CASE("a full task pool is answered with 503") {
  ToyApp app;
  auto client = app.connect();
  const auto token = app.account();
  app.tasks.stop(std::chrono::milliseconds{0});
  const auto answer = client.ask(request("GET", "/api/long", token));
  CHECK(answer.status == 503);
  CHECK(code_of(answer) == "unavailable");
  CHECK(answer.header("retry-after") == "1");
  app.hashing.stop(std::chrono::milliseconds{0});
  CHECK(client.ask(request_with("POST", "/api/open/hashed", R"({"password":"x"})")).status == 503);
  CHECK(client.ask(request("GET", "/api/open/attempts")).status == 200);
}

TEST_CASE("passwords that would have to wait too long for their hash are refused at once") {
  ToyApp app;
  auto client = app.connect();
  std::promise<void> released;
  const auto release = released.get_future().share();
  std::latch busy{static_cast<std::ptrdiff_t>(app.hashing.threads())};
  for (std::size_t i = 0; i < app.hashing.threads(); ++i)
    REQUIRE(app.hashing.post([&busy, release] {
      busy.count_down();
      release.wait();
    }));
  busy.wait();  // no thread takes up anything from here on
  while (app.hashing.post([release] { release.wait(); })) {
  }
  const auto refused = client.ask(request_with("POST", "/api/open/hashed", R"({"password":"x"})"));
  released.set_value();
  CHECK(refused.status == 503);
  CHECK(code_of(refused) == "unavailable");
  CHECK(refused.header("retry-after") == "1");
  CHECK(app.counts.preparations == 0);
}

TEST_CASE("failures of the store and bugs are told without their insides, and leave nothing behind") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  struct Expected {
    const char* kind;
    int status;
    const char* code;
  };
  const auto check = [](const RawAnswer& answer, const Expected& expected) {
    INFO(expected.kind);
    CHECK(answer.status == expected.status);
    CHECK(code_of(answer) == expected.code);
    CHECK(answer.header("retry-after") == (expected.status == 503 ? "1" : ""));
    CHECK(answer.body.find("secret") == std::string::npos);
    CHECK(answer.body.find("toys") == std::string::npos);
  };
  for (const auto& expected : {Expected{"unavailable", 503, "unavailable"}, Expected{"overloaded", 503, "unavailable"},
                               Expected{"broken", 500, "internal-error"}, Expected{"bug", 500, "internal-error"}}) {
    check(client.ask(request("GET", std::string{"/api/broken?kind="} + expected.kind)), expected);
  }
  for (const auto& expected : {Expected{"unavailable", 503, "unavailable"}, Expected{"full", 503, "storage-full"},
                               Expected{"unknown", 503, "commit-unknown"},
                               Expected{"constraint", 500, "internal-error"}, Expected{"bug", 500, "internal-error"}}) {
    check(client.ask(request("POST", std::string{"/api/broken?kind="} + expected.kind)), expected);
  }
  CHECK(client.ask(request("GET", "/api/open/attempts")).body == R"({"number":0})");
}

TEST_CASE("a refused call that keeps its effects has them") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto answer = client.ask(request("POST", "/api/open/login"));
  CHECK(answer.status == 401);
  CHECK(code_of(answer) == "bad-credentials");
  CHECK(answer.header("www-authenticate") == "Bearer realm=\"guerdon\"");
  CHECK(client.ask(request("GET", "/api/open/attempts")).body == R"({"number":1})");
}

TEST_CASE("a prepared command runs with what prepare made") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto answer = client.ask(request_with("POST", "/api/open/hashed", R"({"password":"x"})"));
  CHECK(answer.status == 201);
  CHECK(text(answer, "/name") == "hash-of-x");
  CHECK(client.ask(request_with("POST", "/api/open/hashed", R"({"password":"refused"})")).status == 403);
  CHECK(client.ask(request_with("POST", "/api/open/hashed", R"({"password":""})")).status == 400);
  CHECK(app.counts.preparations == 2);
}

TEST_CASE("a prepared command waits for company while others are being prepared, the last one does not") {
  ToyApp app;
  WatchedDatabase watched{*app.store};
  http::Dispatch dispatch{{.routes = app.routes,
                           .database = watched,
                           .authenticator = app.authenticator,
                           .clock = app.store.clock,
                           .tasks = app.tasks,
                           .hashing = app.hashing}};
  http::Server server{{.listen = {.host = "127.0.0.1", .port = 0}, .listen_key = "http.listen"}, dispatch.handlers()};
  server.start();
  std::promise<void> go_on, end;
  std::atomic<int> held = 0;
  for (auto* gate : {&go_on, &end})
    REQUIRE(app.hashing.post([&held, opened = gate->get_future().share()] {
      ++held;
      opened.wait();
    }));
  CHECK(eventually([&] { return held == 2; }));
  RawClient first{server.port()};
  RawClient second{server.port()};
  first.send(request_with("POST", "/api/open/hashed", R"({"password":"x"})"));
  CHECK(eventually([&] { return app.hashing.waiting() == 1; }));
  second.send(request_with("POST", "/api/open/hashed", R"({"password":"y"})"));
  CHECK(eventually([&] { return app.hashing.waiting() == 2; }));
  go_on.set_value();  // one thread, one after the other
  CHECK(first.receive().status == 201);
  CHECK(second.receive().status == 201);
  end.set_value();
  CHECK(watched.patience() == std::vector<std::chrono::milliseconds>{15ms, 0ms});
  server.stop();
}

TEST_CASE("commands of one connection run one after the other, queries between them see their effects") {
  ToyApp app{GENERATE(from_range(engines()))};
  auto client = app.connect();
  const auto token = app.account();
  std::string all;
  for (int i = 0; i < 10; ++i) {
    all +=
        request_with("POST", "/api/items", item("i" + std::to_string(i)), token) + request("GET", "/api/items", token);
  }
  client.send(all);
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(client.receive().status == 201);
    CHECK(document(client.receive()).at("items").as_array().size() == i + 1);
  }
}

TEST_CASE("fifty parallel commands are all answered, each once") {
  ToyApp app{GENERATE(from_range(engines()))};
  const auto token = app.account();
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 50; ++i) {
    threads.emplace_back([&, i] {
      auto client = app.connect();
      const auto answer = client.ask(request_with("POST", "/api/items", item("i" + std::to_string(i)), token));
      if (answer.status == 201) ++done;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(done == 50);
  CHECK(app.items() == 50);
}

TEST_CASE("a large body is read only from those who show a token") {
  ToyApp app;
  auto client = app.connect();
  const auto chunked = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
  const auto answer = client.ask(request("POST", "/api/items", chunked));
  CHECK(answer.status == 401);
  CHECK(answer.header("www-authenticate") == "Bearer realm=\"guerdon\"");
  CHECK(client.is_closed_by_server());
  for (const std::string body : {"Transfer-Encoding: chunked\r\n", "Content-Length: 70000\r\n",
                                 "Expect: 100-continue\r\nContent-Length: 5\r\n"}) {
    auto forger = app.connect();
    const auto fields = "Authorization: Bearer nonsense\r\nContent-Type: application/json\r\n" + body;
    const auto refused = forger.ask(request("POST", "/api/items", fields));
    CHECK(refused.status == 401);
    CHECK(refused.header("www-authenticate") == "Bearer realm=\"guerdon\", error=\"invalid_token\"");
    CHECK(forger.is_closed_by_server());
  }
  auto known = app.connect();
  const auto token = app.account();
  CHECK(known.ask(request("POST", "/api/items", token + chunked) + "1d\r\n" + item("chunked", 12) + "\r\n0\r\n\r\n")
            .status == 201);
}
