// The whole server as a library: life cycle, health, the sandbox clock, what a customer's test can do with it.
#include <catch2/catch.hpp>

#include "guerdon/bus.hpp"
#include "guerdon/routes.hpp"
#include "guerdon/testing.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;
using testing::Server;
using testing::ServerOptions;

namespace {

struct Ping {
  static constexpr std::string_view topic = "test.ping", type = "Ping";
  std::string text;
  [[nodiscard]] std::string key() const { return text; }
};
BOOST_DESCRIBE_STRUCT(Ping, (), (text))

struct Pong {
  static constexpr std::string_view topic = "test.pong", type = "Pong";
  std::string text;
  [[nodiscard]] std::string key() const { return text; }
};
BOOST_DESCRIBE_STRUCT(Pong, (), (text))

struct Heard {
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(Heard, (), (count))

ServerOptions in_sandbox() {
  ServerOptions options;
  options.configure = [](Config& config) { config.sandbox.clock = true; };
  return options;
}

ServerOptions on_file(const test::TempFolder& folder) {
  ServerOptions options;
  options.configure = [&](Config& config) { config.database.url = *DatabaseUrl::parse("sqlite:" + (folder / "g.db")); };
  return options;
}

Config file_config(const test::TempFolder& folder) {
  Config config = Config::defaults();
  config.database.url = *DatabaseUrl::parse("sqlite:" + (folder / "g.db"));
  config.http.listen = Endpoint{"127.0.0.1", 0};
  config.admin.listen = Endpoint{};
  config.log.level = LogLevel::off;
  return config;
}

/// What the data says of how the last run ended.
std::string mark_of(App& app) {
  return app.database().read([](Snapshot& snapshot) {
    return snapshot.get<std::string>("SELECT value FROM server_state WHERE key = 'clean_shutdown'");
  });
}

void set_mark(App& app, std::string_view value) {
  app.database()
      .write([&](Tx& tx) -> Result<void> {
        tx.exec(
            "INSERT INTO server_state (key, value) VALUES ('clean_shutdown', $1) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            value);
        return {};
      })
      .value();
}

void add_ping_route(Platform& platform) {
  platform.routes.command({.method = "POST", .path = "/api/test/ping", .policy = Policy::anyone(), .summary = "Ping"},
                          [](Tx& tx, const Caller&, const Request<None, None, Ping>& request) -> Result<Ping> {
                            publish(tx, request.body);
                            return request.body;
                          });
}

}  // namespace

TEST_CASE("a server tells that it is alive and ready, and of what") {
  Server server;
  const auto alive = server.get("/healthz");
  CHECK(alive.status == 200);
  const auto ready = server.get("/readyz");
  CHECK(ready.status == 200);
  CHECK(ready.text("/status") == "ready");
  CHECK(ready.text("/dependencies/store") == "ok");
  CHECK(ready.text("/dependencies/migrations") == "applied");
  CHECK(ready.json().as_object().contains("sandbox") == false);
}

TEST_CASE("the admin listener answers about the server and nothing of the API") {
  ServerOptions options;
  options.configure = [](Config& config) { config.admin.listen = Endpoint{"127.0.0.1", 0}; };
  Server server{options};
  REQUIRE(server.app().admin_port() != 0);
  testing::Client admin{server.app().admin_port()};
  CHECK(admin.send(testing::json_call("GET", "/healthz", {})).status == 200);
  CHECK(admin.send(testing::json_call("GET", "/readyz", {})).status == 200);
  CHECK(admin.send(testing::json_call("GET", "/api/auth/info", {})).status == 404);
  const auto document = admin.send(testing::json_call("GET", "/openapi.json", {}));
  CHECK(document.body == server.get("/openapi.json").body);
  CHECK(document.at("/paths").as_object().contains("/api/auth/login"));
}

TEST_CASE("a test's own routes, messages and subscribers are part of the server") {
  int heard = 0;
  ServerOptions options;
  options.extend = [&](Platform& platform) {
    add_ping_route(platform);
    platform.bus.subscribe<Ping>("test", [&heard](Tx&, const Ping&) -> Result<void> {
      ++heard;
      return {};
    });
  };
  Server server{options};
  CHECK(server.post("/api/test/ping", {{"text", "a"}}).text("/text") == "a");
  CHECK(server.post("/api/test/ping", {{"text", "b"}}).status == 200);
  server.settle();
  CHECK(heard == 2);
}

TEST_CASE("a server can be stopped twice and frees its port") {
  Server server;
  const auto port = server.port();
  CHECK(port != 0);
  server.app().stop();
  server.app().stop();
  testing::Client late{port};
  CHECK_THROWS(late.send(testing::json_call("GET", "/healthz", {})));
}

TEST_CASE("several servers live in one process without knowing of each other") {
  Server first, second;
  first.register_user("ada");
  CHECK(second.register_user("ada").starts_with("usr_"));
  CHECK(first.port() != second.port());
}

TEST_CASE("the clock stands still until a test moves it") {
  Server server;
  const auto admin = server.make_admin();
  const auto made_at = server.get("/api/auth/info", admin).text("/createdAt");
  CHECK(made_at == to_rfc3339(testing::FakeClock::start));
  server.advance(24h);
  server.register_user("bob");
  CHECK(server.get("/api/auth/info", server.login("bob")).text("/createdAt") ==
        to_rfc3339(testing::FakeClock::start + 24h));
}

TEST_CASE("in a sandbox an administrator moves the server's clock, and nobody else does") {
  Server server{in_sandbox()};
  CHECK(server.get("/readyz").at("/sandbox") == true);
  const auto admin = server.make_admin();
  server.register_user("bob");
  const json::value day{{"advance", "P1D"}};
  CHECK(server.post("/api/admin/clock", day).status == 401);
  CHECK(server.post("/api/admin/clock", day, server.login("bob")).status == 403);
  const auto moved = server.post("/api/admin/clock", day, admin);
  REQUIRE(moved.status == 200);
  CHECK(moved.text("/now") == to_rfc3339(testing::FakeClock::start + 24h));
  CHECK(server.get("/api/auth/info", admin).status == 401);  // a day later the token has expired
}

TEST_CASE("the sandbox clock refuses to stand still, to go back and to leap too far") {
  Server server{in_sandbox()};
  const auto admin = server.make_admin();
  const auto* const advance = GENERATE("PT0S", "-P1D", "P1001Y", "P11Y", "soon", "");
  INFO(advance);
  const auto refused = server.post("/api/admin/clock", {{"advance", advance}}, admin);
  CHECK(refused.status == 400);
  CHECK(refused.text("/errors/0/pointer") == "/advance");
}

TEST_CASE("outside a sandbox there is no way to move the clock") {
  Server server;
  CHECK(server.post("/api/admin/clock", {{"advance", "P1D"}}, server.make_admin()).status == 404);
}

TEST_CASE("the sandbox's clock answers when what fell due has been done") {
  constexpr auto appointment = testing::FakeClock::start + 24h;
  std::atomic<int> kept{0};
  auto options = in_sandbox();
  options.extend = [&](Platform& platform) {
    platform.pumps.add("test-daily", [&](Tx& tx) {
      if (tx.now() < appointment) return PumpResult{.next_at = appointment};  // also when it is merely polled
      ++kept;
      return PumpResult{};
    });
  };
  Server server{options};
  server.settle();
  REQUIRE(kept == 0);
  REQUIRE(server.post("/api/admin/clock", {{"advance", "P1D"}}, server.make_admin()).status == 200);
  CHECK(kept > 0);
}

TEST_CASE("a store in a file keeps accounts, tokens and the sandbox's time over a restart") {
  const test::TempFolder folder;
  auto options = on_file(folder);
  options.configure = [configure = options.configure](Config& config) {
    configure(config);
    config.sandbox.clock = true;
    config.auth.access_token_ttl.value = 24h;
  };
  std::string token;
  {
    Server server{options};
    token = server.make_admin();
    REQUIRE(server.post("/api/admin/clock", {{"advance", "PT1H"}}, token).status == 200);
  }
  Server again{options};
  CHECK(again.get("/api/auth/info", token).status == 200);
  CHECK(again.post("/api/admin/clock", {{"advance", "PT1H"}}, token).text("/now") ==
        to_rfc3339(testing::FakeClock::start + 2h));
}

TEST_CASE("a second App on the same data is refused while the first one lives") {
  const test::TempFolder folder;
  Server first{on_file(folder)};
  try {
    Server second{on_file(folder)};
    FAIL("it started");
  } catch (const StartError& error) {
    CHECK(error.exit_code() == 75);
  }
  CHECK(first.get("/healthz").status == 200);
}

TEST_CASE("commands can be given to an App that was never started") {
  const test::TempFolder folder;
  App app{file_config(folder), {}};
  std::vector<std::string> lines;
  const auto output = [&](std::string_view line) {
    lines.emplace_back(line);
    return true;
  };
  CHECK(app.command("verify", {}, output) == 0);
  CHECK(app.command("nonsense", {}, output) == 64);
  CHECK(app.port() == 0);
}

TEST_CASE("an App to read only makes nothing and changes nothing") {
  const test::TempFolder folder;
  AppOptions looking;
  looking.read_only = true;
  CHECK_THROWS_AS((App{file_config(folder), looking}), StartError);
  CHECK(std::filesystem::is_empty(folder.path()));
  static_cast<void>(App{file_config(folder), {}});
  std::filesystem::remove(folder / "jwt.secret");
  {
    App app{file_config(folder), looking};
    CHECK(app.command("verify", {}, [](std::string_view) { return true; }) == 0);
    app.database()
        .write([](Tx& tx) -> Result<void> {
          tx.exec("DELETE FROM schema_migrations WHERE version = (SELECT max(version) FROM schema_migrations)");
          return {};
        })
        .value();
  }
  CHECK_FALSE(std::filesystem::exists(folder / "jwt.secret"));
  CHECK_THROWS_AS((App{file_config(folder), looking}), StartError);
}

TEST_CASE("a start that fails leaves the mark of the last run as it found it") {
  const test::TempFolder folder;
  Server other;
  const std::string mark = GENERATE("true", "false");
  {
    App app{file_config(folder), {}};
    set_mark(app, mark);
  }
  auto config = file_config(folder);
  config.http.listen = Endpoint{"127.0.0.1", other.port()};
  try {
    App app{config, {}};
    app.start();
    FAIL("it started");
  } catch (const StartError& error) {
    CHECK(error.exit_code() == 69);
  }
  App app{file_config(folder), {}};
  CHECK(mark_of(app) == mark);
}

TEST_CASE("a run that stops before it has been careful to the end leaves the rest of the care to the next") {
  const test::TempFolder folder;
  bool is_away = true;  // what the subscriber needs
  const auto config = file_config(folder);
  AppOptions options;
  options.extend = [&](Platform& platform) {
    platform.bus.subscribe<Ping>("test", [&is_away](Tx&, const Ping&) -> Result<void> {
      if (is_away) throw StoreError(StoreError::Kind::unavailable, "not now");
      return {};
    });
  };
  const auto run = [&] {
    App app{config, options};
    app.start();
    CHECK((is_away || app.settle()));
  };
  const auto mark = [&] {
    App app{config, options};
    return mark_of(app);
  };
  {
    App app{config, options};
    set_mark(app, "false");
    app.database().write([](Tx& tx) -> Result<void> { return publish(tx, Ping{"a"}), Result<void>{}; }).value();
  }
  run();
  CHECK(mark() == "false");
  is_away = false;
  run();
  CHECK(mark() == "true");
}

TEST_CASE("the trace of a request stands in its messages, and in those that follow from them") {
  ServerOptions options;
  options.extend = [](Platform& platform) {
    add_ping_route(platform);
    platform.bus.subscribe<Ping>("test", [](Tx& tx, const Ping& ping) -> Result<void> {
      publish(tx, Pong{ping.text});
      return {};
    });
  };
  Server server{options};
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto ping = [&](const std::string& text, const std::string& traceparent) {
    testing::Call call = testing::json_call("POST", "/api/test/ping", {{"text", text}});
    if (!traceparent.empty()) call.headers.emplace_back("traceparent", traceparent);
    CHECK(server.send(call).status == 200);
  };
  ping("traced", trace);
  ping("plain", "");
  ping("malformed", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7");
  server.settle();
  using Message = std::tuple<std::string, std::string, json::object>;
  const auto messages = server.database().read([](Snapshot& snapshot) {
    return snapshot.list<Message>("SELECT type, key, headers FROM outbox WHERE topic LIKE 'test.%'");
  });
  CHECK(messages.size() == 6);
  for (const auto& [type, key, headers] : messages) {
    INFO(type << " " << key);
    CHECK(headers == (key == "traced" ? json::object{{"traceparent", trace}} : json::object{}));
  }
}
