// The script that counts, on a real Redis: of several clients together, and whatever stands in its keys.
#include "cache/redis_counts.hpp"

#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "support/eventually.hpp"
#include "support/redis_server.hpp"

using namespace guerdon;
using namespace guerdon::cache;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

struct Counter {
  explicit Counter(const RedisServer& server) : redis(options_for(server)), counts(redis) {
    redis.start();
    REQUIRE(eventually([this] { return counts.is_up(); }));
  }

  static RedisOptions options_for(const RedisServer& server) {
    RedisOptions options;
    options.host = "127.0.0.1";
    options.port = server.port();
    options.timeout = 5s;
    options.first_retry = 10ms;
    return options;
  }

  std::optional<http::SharedCount> take(const http::SharedBucket& bucket) {
    std::promise<std::optional<http::SharedCount>> found;
    counts.take(bucket, [&](std::optional<http::SharedCount> count) { found.set_value(count); });
    return found.get_future().get();
  }

  Redis redis;
  RedisCounts counts;
};

const http::SharedBucket five{.name = "writes:user:ab", .each = 10min, .times = 5};
const std::string key = "guerdon:rate:writes:user:ab";

}  // namespace

TEST_CASE("the common bucket holds as many calls as the budget says, and says what is missing") {
  RedisServer server;
  Counter counter{server};
  for (int i = 1; i <= 5; ++i) {
    const auto found = counter.take(five);
    REQUIRE(found);
    CHECK(found->is_allowed);
    CHECK(found->missing <= i * 10min);
    CHECK(found->missing > i * 10min - 1min);
  }
  const auto refused = counter.take(five);
  REQUIRE(refused);
  CHECK_FALSE(refused->is_allowed);
  CHECK(refused->missing <= 50min);
  CHECK(counter.take({.name = "writes:user:cd", .each = 10min, .times = 5})->is_allowed);
  const auto life = std::stoll(server.run({"PTTL", key}).value());
  CHECK(life > 49 * 60'000);
  CHECK(life <= 50 * 60'000 + 1);
}

TEST_CASE("a call comes back after its time, by Redis's clock") {
  RedisServer server;
  Counter counter{server};
  const http::SharedBucket one{.name = "x", .each = 20ms, .times = 1};
  CHECK(counter.take(one)->is_allowed);
  CHECK(eventually([&] { return counter.take(one)->is_allowed; }));
}

TEST_CASE("servers that count at once allow as many calls as the budget has") {
  RedisServer server;
  Counter first{server}, second{server};
  const http::SharedBucket bucket{.name = "race", .each = 1min, .times = 60};
  std::atomic<int> allowed{0}, asked{0};
  const auto call = [&](Counter& counter) {
    for (int i = 0; i < 50; ++i)
      counter.counts.take(bucket, [&](std::optional<http::SharedCount> found) {
        if (found && found->is_allowed) ++allowed;
        ++asked;
      });
  };
  std::thread other{[&] { call(second); }};
  call(first);
  other.join();
  CHECK(eventually([&] { return asked == 100; }));
  CHECK(allowed == 60);
}

TEST_CASE("whatever stands in a bucket's key counts as a bucket, an empty one where it is none") {
  RedisServer server;
  Counter counter{server};
  using Words = std::vector<std::string>;
  const auto words = GENERATE_COPY(Words{"RPUSH", key, "x"}, Words{"HSET", key, "a", "b"}, Words{"SET", key, "rubbish"},
                                   Words{"SET", key, "nan"}, Words{"SET", key, "-1e300"}, Words{"SET", key, ""});
  static_cast<void>(server.run(words));
  CHECK(counter.take(five)->is_allowed);
  for (int i = 0; i < 4; ++i) CHECK(counter.take(five)->is_allowed);
  CHECK_FALSE(counter.take(five)->is_allowed);
  CHECK(server.run({"TYPE", key}) == "string");
}

TEST_CASE("a bucket in the far future is full of calls for one window, not for ever") {
  RedisServer server;
  Counter counter{server};
  static_cast<void>(server.run({"SET", key, GENERATE("1e300", "inf", "9999999999999999999")}));
  const auto found = counter.take(five);
  CHECK_FALSE(found->is_allowed);
  CHECK(found->missing == 50min);
}

TEST_CASE("a Redis that was emptied counts anew") {
  RedisServer server;
  Counter counter{server};
  for (int i = 0; i < 6; ++i) static_cast<void>(counter.take(five));
  static_cast<void>(server.run({"FLUSHALL"}));
  static_cast<void>(server.run({"SCRIPT", "FLUSH"}));
  CHECK(counter.take(five)->is_allowed);
}

TEST_CASE("without Redis there is no count") {
  RedisServer server;
  Counter counter{server};
  server.kill();
  CHECK_FALSE(counter.take(five));
  CHECK(eventually([&] { return !counter.counts.is_up(); }));
}
