// The client beside a real Redis that is paused, killed, emptied, closed by a password and not there at all.
#include "cache/redis.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <optional>

#include "support/eventually.hpp"
#include "support/redis_server.hpp"

using namespace guerdon;
using namespace guerdon::cache;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

RedisOptions options_for(const RedisServer& server) {
  RedisOptions options;
  options.host = "127.0.0.1";
  options.port = server.port();
  options.timeout = 2s;  // a machine may be slow; tests of time-outs say so
  options.breaker = {.failures = 5, .pause = 50ms};
  options.connect_timeout = 5s;
  options.first_retry = options.longest_retry = 10ms;
  return options;
}

struct Client {
  explicit Client(RedisOptions options) : redis(std::move(options)) { redis.start(); }

  bool is_up() {
    return eventually([this] { return redis.is_up(); });
  }
  bool is_down() {
    return eventually([this] { return !redis.is_up(); });
  }
  /// Nothing where there is no answer.
  std::optional<cache::Answer> ask(std::vector<std::string> words) {
    std::promise<std::optional<cache::Answer>> answered;
    redis.send(std::move(words), [&](const cache::Answer* answer) {
      answered.set_value(answer ? std::optional{*answer} : std::nullopt);
    });
    return answered.get_future().get();
  }

  Redis redis;
};

}  // namespace

TEST_CASE("commands are answered, each by its own answer") {
  RedisServer server;
  Client client{options_for(server)};
  REQUIRE(client.is_up());
  CHECK(client.ask({"SET", "a", std::string{"b\0c", 3}})->text == "OK");
  CHECK(client.ask({"GET", "a"})->text == std::string{"b\0c", 3});
  CHECK(client.ask({"GET", "none"})->text.empty());
  CHECK(client.ask({"INCRBY", "n", "41"})->numbers == std::vector<std::int64_t>{41});
  CHECK(client.ask({"EVAL", "return {1, 'x', 3}", "0"})->numbers == std::vector<std::int64_t>{1, 3});

  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 500; ++i) {
    auto promise = std::make_shared<std::promise<std::string>>();
    answers.push_back(promise->get_future());
    client.redis.send({"ECHO", std::to_string(i)},
                      [promise](const cache::Answer* answer) { promise->set_value(answer ? answer->text : "lost"); });
  }
  for (int i = 0; i < 500; ++i) CHECK(answers[static_cast<std::size_t>(i)].get() == std::to_string(i));
  const auto stats = client.redis.stats();
  CHECK(stats.is_up);
  CHECK(stats.connections == 1);
  CHECK(stats.answered >= 505);
  CHECK(stats.errors + stats.timeouts + stats.lost == 0);
  std::uint64_t measured = 0;
  for (const auto count : stats.latency) measured += count;
  CHECK(measured == stats.answered);
}

TEST_CASE("an error is no answer, and five in a row are a failure of Redis") {
  RedisServer server;
  Client client{options_for(server)};
  REQUIRE(client.is_up());
  const std::vector<std::string> nonsense{"INCRBY", "a", "nothing"};
  CHECK_FALSE(client.ask(nonsense));
  CHECK(client.redis.is_up());
  CHECK(client.ask({"PING"})->text == "PONG");
  for (int i = 0; i < 5; ++i) CHECK_FALSE(client.ask(nonsense));
  CHECK(eventually([&] { return client.redis.stats().connections == 2; }));
  CHECK(client.redis.stats().errors == 6);
  CHECK(client.is_up());
}

TEST_CASE("a command that Redis does not allow is left alone for a while, and everything else goes on") {
  RedisServer server;
  auto options = options_for(server);
  options.denial_rest = 200ms;
  Client client{options};
  REQUIRE(client.is_up());
  const std::vector<std::string> script{"EVAL", "return {1}", "0"};
  const std::vector<std::string> unknown{"NONSENSE"};
  server.run({"ACL", "SETUSER", "default", "-eval"});
  for (int i = 0; i < 20; ++i) {
    CHECK_FALSE(client.ask(script));
    CHECK_FALSE(client.ask(unknown));
    CHECK(client.ask({"PING"})->text == "PONG");
  }
  const auto stats = client.redis.stats();
  CHECK(stats.connections == 1);
  CHECK(stats.breaker == Breaker::State::closed);
  CHECK(stats.errors >= 2);
  CHECK(stats.skipped > 0);
  CHECK(stats.errors + stats.skipped == 40);
  server.run({"ACL", "SETUSER", "default", "+eval", "-time"});
  CHECK(eventually([&] { return client.ask(script).has_value(); }));
  CHECK(client.ask(script)->numbers == std::vector<std::int64_t>{1});
  for (int i = 0; i < 20; ++i) CHECK_FALSE(client.ask({"EVAL", "return redis.call('TIME')", "0"}));
  CHECK(client.redis.stats().breaker == Breaker::State::closed);
  CHECK(client.redis.stats().connections == 1);
}

TEST_CASE("without Redis commands fail at once, and it is found when it comes") {
  RedisServer server;
  server.kill();
  Client client{options_for(server)};
  for (int i = 0; i < 10; ++i) CHECK_FALSE(client.ask({"PING"}));
  CHECK(client.redis.stats().skipped == 10);
  CHECK(eventually([&] { return client.redis.stats().breaker == Breaker::State::open; }));
  server.start();
  REQUIRE(client.is_up());
  CHECK(client.ask({"PING"})->text == "PONG");
  CHECK(client.redis.stats().breaker == Breaker::State::closed);
}

TEST_CASE("a Redis that does not answer costs nobody more than the time-out, and is left alone after five of them") {
  RedisServer server;
  auto options = options_for(server);
  options.timeout = 50ms;
  options.connect_timeout = 200ms;
  Client client{options};
  REQUIRE(client.is_up());
  server.pause();
  const auto before = client.redis.stats().timeouts;
  int asked = 0;
  while (client.redis.is_up() && asked < 20) {
    ++asked;
    CHECK_FALSE(client.ask({"PING"}));
  }
  CHECK(asked == 5);
  CHECK(client.redis.stats().timeouts == before + 5);
  for (int i = 0; i < 10; ++i) CHECK_FALSE(client.ask({"PING"}));
  CHECK(client.redis.stats().timeouts == before + 5);
  CHECK(client.redis.stats().skipped == 10);
  server.resume();
  REQUIRE(client.is_up());
}

TEST_CASE("a Redis that is killed is used again when it is back") {
  RedisServer server;
  Client client{options_for(server)};
  for (int round = 0; round < 3; ++round) {
    REQUIRE(client.is_up());
    CHECK(client.ask({"SET", "a", "b"})->text == "OK");
    server.kill();
    REQUIRE(client.is_down());
    CHECK_FALSE(client.ask({"GET", "a"}));
    server.start();
  }
  REQUIRE(client.is_up());
  CHECK(client.redis.stats().connections == 4);
}

TEST_CASE("what is in flight when Redis is killed is told so") {
  RedisServer server;
  Client client{options_for(server)};
  REQUIRE(client.is_up());
  server.pause();
  std::vector<std::future<bool>> answers;
  for (int i = 0; i < 100; ++i) {
    auto promise = std::make_shared<std::promise<bool>>();
    answers.push_back(promise->get_future());
    client.redis.send({"PING"}, [promise](const cache::Answer* answer) { promise->set_value(answer != nullptr); });
  }
  server.kill();
  for (auto& answer : answers) CHECK_FALSE(answer.get());
}

TEST_CASE("more commands at once than may be in flight are not sent") {
  RedisServer server;
  auto options = options_for(server);
  options.most_in_flight = 10;
  Client client{options};
  REQUIRE(client.is_up());
  server.pause();
  std::atomic<int> landed{0};
  for (int i = 0; i < 15; ++i) client.redis.send({"PING"}, [&](const cache::Answer*) { ++landed; });
  const auto skipped = client.redis.stats().skipped;  // the client's own may be among those in flight
  CHECK(skipped >= 5);
  CHECK(skipped < 15);
  server.resume();
  CHECK(eventually([&] { return landed == 15; }));
}

TEST_CASE("a password is given, and a wrong one leaves Redis out") {
  RedisServer server{"hush"};
  auto options = options_for(server);
  options.password = HiddenText{"hush"};
  {
    Client client{options};
    REQUIRE(client.is_up());
    CHECK(client.ask({"PING"})->text == "PONG");
  }
  options.username = "default";
  {
    Client client{options};
    REQUIRE(client.is_up());
  }
  options.password = HiddenText{GENERATE("", "wrong")};
  Client client{options};
  CHECK(eventually([&] { return client.redis.stats().breaker == Breaker::State::open; }));
  CHECK_FALSE(client.redis.is_up());
  CHECK(client.redis.stats().connections == 0);
}

TEST_CASE("a name that leads nowhere is no reason to fail") {
  RedisOptions options;
  options.host = "there-is-no-such-host.invalid";
  Client client{options};
  CHECK_FALSE(client.ask({"PING"}));
}

TEST_CASE("stopping waits for what is in flight, and no longer than the time-out") {
  RedisServer server;
  auto options = options_for(server);
  options.timeout = 100ms;
  std::atomic<int> answered{0}, lost{0};
  const auto note = [&](const cache::Answer* answer) { ++(answer != nullptr ? answered : lost); };
  {
    Client client{options};
    REQUIRE(client.is_up());
    client.redis.send({"PING"}, note);
  }
  CHECK(answered + lost == 1);
  {
    Client client{options};
    REQUIRE(client.is_up());
    server.pause();
    client.redis.send({"PING"}, note);
  }
  CHECK(answered + lost == 2);
  CHECK(lost >= 1);
  server.resume();
}

TEST_CASE("a name is looked up, and one that has no address is as good as a server that is down") {
  RedisServer server;
  std::atomic<bool> is_known{false};
  auto options = options_for(server);
  options.host = "redis.example";
  options.resolver = [&](const std::string& host) {
    return is_known && host == "redis.example" ? std::string{"127.0.0.1"} : std::string{};
  };
  Client client{options};
  CHECK(eventually([&] { return client.redis.stats().breaker != Breaker::State::closed; }));
  CHECK_FALSE(client.redis.is_up());
  is_known = true;
  REQUIRE(client.is_up());
  CHECK(client.ask({"GET", "none"})->text.empty());
}

TEST_CASE("a name server that is silent holds nobody up: neither commands nor the end") {
  struct Silence {
    std::promise<void> end;
    std::shared_future<void> ended = end.get_future().share();
    std::atomic<int> asked{0};
  };
  const auto silence = std::make_shared<Silence>();  // whoever is left behind shares it
  RedisOptions options;
  options.host = "redis.example";
  options.connect_timeout = options.first_retry = options.longest_retry = 5ms;
  options.breaker = {.failures = 2, .pause = 5ms};
  options.resolver = [silence](const std::string&) {
    ++silence->asked;
    silence->ended.wait();
    return std::string{"127.0.0.1"};
  };
  {
    Client client{options};
    CHECK(eventually([&] { return client.redis.stats().breaker != Breaker::State::closed; }));
    CHECK_FALSE(client.ask({"PING"}).has_value());
    CHECK(eventually([&] { return silence->asked == 1; }));
  }  // stops, though the question has no answer
  CHECK(silence->asked == 1);  // not once for each attempt
  silence->end.set_value();
}

TEST_CASE("a client that was stopped is not up again, however close the connection was") {
  RedisServer server;
  for (int i = 0; i < 50; ++i) {
    Client client{options_for(server)};
    if (i % 2 == 0) REQUIRE(client.is_up());
    client.redis.stop();
    CHECK_FALSE(client.redis.is_up());
    CHECK_FALSE(client.ask({"PING"}).has_value());
  }
}

TEST_CASE("an address that was found too late serves the next attempt") {
  RedisServer server;
  std::promise<void> end;
  const auto ended = end.get_future().share();
  auto options = options_for(server);
  options.host = "redis.example";
  options.connect_timeout = 1s;
  options.breaker = {.failures = 1, .pause = 50ms};
  std::atomic<int> asked{0};
  options.resolver = [&](const std::string&) {
    if (++asked > 1) return std::string{};  // only the late answer helps
    ended.wait();
    return std::string{"127.0.0.1"};
  };
  Client client{options};
  CHECK(eventually([&] { return client.redis.stats().breaker != Breaker::State::closed; }));
  end.set_value();
  CHECK(client.is_up());
  CHECK(asked == 1);
}
