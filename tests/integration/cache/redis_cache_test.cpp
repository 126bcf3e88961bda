// Copies of rows in a real Redis: written, checked against the rows, removed, and removed later where that was not
// possible at once.
#include "cache/redis_cache.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "support/databases.hpp"
#include "support/eventually.hpp"
#include "support/redis_server.hpp"

using namespace guerdon;
using namespace guerdon::cache;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

const Cache::Check always = [](Snapshot&) { return true; };
const Cache::Check never = [](Snapshot&) { return false; };

struct Copies {
  Copies() {
    redis.start();
    REQUIRE(eventually([this] { return redis.is_up(); }));
  }
  ~Copies() {
    redis.stop();
    tasks.stop(5s);
  }
  Copies(const Copies&) = delete;
  Copies& operator=(const Copies&) = delete;

  RedisOptions options() const {
    RedisOptions options;
    options.host = "127.0.0.1";
    options.port = server.port();
    options.timeout = 2s;
    options.breaker = {.failures = 5, .pause = 50ms};
    options.first_retry = options.longest_retry = 10ms;
    return options;
  }
  bool becomes(const std::string& key, const std::optional<std::string>& value) {
    return eventually([&] { return server.run({"GET", key}) == value; });
  }

  RedisServer server;
  TestDatabase store{Engine::sqlite};
  TaskPool tasks{{.name = "tasks", .threads = 2}};
  Redis redis{options()};
  RedisCache cache{redis, *store, tasks};
};

}  // namespace

TEST_CASE("an entry is there for its life, until it is removed") {
  Copies copies;
  copies.cache.put({.key = "a", .value = "1", .life = 1h}, always);
  REQUIRE(copies.becomes("a", "1"));
  const auto life = std::stoll(copies.server.run({"PTTL", "a"}).value());
  CHECK(life <= 3'600'000);
  CHECK(life > 3'500'000);
  copies.cache.remove("a");
  CHECK(copies.becomes("a", std::nullopt));
  copies.cache.put({.key = "b", .value = "1", .life = 1h}, always);
  REQUIRE(copies.becomes("b", "1"));
  copies.cache.put({.key = "b", .value = "2", .life = 0ms}, always);  // dead already
  CHECK(copies.becomes("b", std::nullopt));
}

TEST_CASE("an entry takes the place of whatever is there") {
  Copies copies;
  static_cast<void>(copies.server.run({"RPUSH", "a", "x"}));
  copies.cache.put({.key = "a", .value = "1", .life = 1h}, always);
  CHECK(eventually([&] { return copies.server.run({"TYPE", "a"}) == "string"; }));
  CHECK(copies.becomes("a", "1"));
  static_cast<void>(copies.server.run({"DEL", "a"}));
  static_cast<void>(copies.server.run({"RPUSH", "a", "x"}));
  copies.cache.remove("a");
  CHECK(eventually([&] { return copies.server.run({"EXISTS", "a"}) == "0"; }));
}

TEST_CASE("an entry that the rows do not bear out any more goes again") {
  Copies copies;
  const auto answered = [&] { return copies.redis.stats().answered; };
  const auto before = answered();
  copies.cache.put({.key = "a", .value = "1", .life = 1h}, never);
  CHECK(eventually([&] { return answered() >= before + 2; }));  // written and removed
  CHECK(copies.becomes("a", std::nullopt));
  std::atomic<bool> was_asked{false};
  copies.cache.put({.key = "b", .value = "1", .life = 1h}, [&](Snapshot&) -> bool {
    was_asked = true;
    throw StoreError{StoreError::Kind::unavailable, "no"};
  });
  CHECK(eventually([&] { return was_asked.load(); }));
  CHECK(copies.becomes("b", std::nullopt));
  CHECK(copies.cache.owed() == 0);
}

TEST_CASE("an entry that can't be removed by a script is removed for its key") {
  Copies copies;
  copies.server.run({"ACL", "SETUSER", "default", "-eval"});
  copies.cache.put({.key = "a", .value = "1", .life = 1h}, never);
  CHECK(eventually([&] { return copies.redis.stats().errors == 1; }));
  CHECK(copies.becomes("a", std::nullopt));
  CHECK(copies.cache.owed() == 0);
  CHECK(copies.redis.is_up());
}

TEST_CASE("a newer entry is not removed for an older one") {
  Copies copies;
  const auto before = copies.redis.stats().answered;
  std::promise<void> is_asked, may_go_on;
  copies.cache.put({.key = "a", .value = "old", .life = 1h}, [&](Snapshot&) {
    is_asked.set_value();
    may_go_on.get_future().wait();
    return false;
  });
  is_asked.get_future().wait();
  copies.cache.put({.key = "a", .value = "new", .life = 1h}, always);
  REQUIRE(copies.becomes("a", "new"));
  may_go_on.set_value();
  CHECK(eventually([&] { return copies.redis.stats().answered >= before + 3; }));  // two writes, and the removal
  CHECK(copies.server.run({"GET", "a"}) == "new");
}

TEST_CASE("what could not be written or removed is removed when Redis is back, and the rest stays") {
  Copies copies;
  for (const std::string key : {"a", "b", "c"}) copies.cache.put({.key = key, .value = "1", .life = 1h}, always);
  for (const std::string key : {"a", "b", "c"}) REQUIRE(copies.becomes(key, "1"));
  copies.server.pause();
  copies.cache.remove("a");
  copies.cache.put({.key = "b", .value = "2", .life = 1h}, always);
  // Both end without an answer, and the commands that wait in the socket are carried out when Redis goes on.
  REQUIRE(eventually([&] { return copies.cache.owed() == 2; }));
  copies.server.resume();
  CHECK(eventually([&] {
    if (copies.cache.owed() > 0) copies.cache.remove("nobody");  // any answer will do
    return copies.cache.owed() == 0;
  }));
  CHECK(copies.becomes("a", std::nullopt));
  CHECK(copies.becomes("b", std::nullopt));
  CHECK(copies.server.run({"GET", "c"}) == "1");
}

TEST_CASE("what changed while Redis was away is made good as soon as it is reached again") {
  Copies copies;
  copies.server.kill();
  REQUIRE(eventually([&] { return !copies.redis.is_up(); }));
  for (int i = 0; i < 1200; ++i) copies.cache.remove("k" + std::to_string(i));
  CHECK(copies.cache.owed() == 1200);
  copies.server.start();
  CHECK(eventually([&] { return copies.cache.owed() == 0; }));
}

TEST_CASE("no more is owed than there is room for") {
  Copies copies;
  copies.server.kill();
  REQUIRE(eventually([&] { return !copies.redis.is_up(); }));
  for (std::size_t i = 0; i < RedisCache::most_owed + 10; ++i) copies.cache.remove("k" + std::to_string(i));
  CHECK(copies.cache.owed() == RedisCache::most_owed);
}
