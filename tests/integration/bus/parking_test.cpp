// A message that fails is parked with later ones of its key, tried again, and given up at last; others go on.
#include <catch2/catch.hpp>

#include "support/bus_notes.hpp"
#include "support/test_bus.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

struct NoteFailed {
  static constexpr std::string_view topic = "test.failed", type = "NoteFailed";
  std::string subject, error;
  int attempt = 0;
  [[nodiscard]] std::string key() const { return subject; }
};
BOOST_DESCRIBE_STRUCT(NoteFailed, (), (subject, error, attempt))

struct NoteDied {
  static constexpr std::string_view topic = "test.notes.dlq", type = "NoteDied";
  std::string subject, error;
  int attempt = 0;
  [[nodiscard]] std::string key() const { return subject; }
};
BOOST_DESCRIBE_STRUCT(NoteDied, (), (subject, error, attempt))

/// A subscriber that fails for the numbers in `bad`, having written an effect that must not stay.
struct Fixture {
  TestDatabase store{GENERATE(from_range(engines()))};
  std::set<std::int64_t> bad;
  std::atomic<int> calls{0};  // PostgreSQL has sixteen partitions, so handlers run at the same time
  TestBus run{store};

  Fixture() { make_effects(store); }

  void subscribe(SubscribeOptions options) {
    run.bus.subscribe<Noted>(
        "one",
        [this](Tx& tx, const Noted& note) -> Result<void> {
          ++calls;
          add_effect(tx, "one", note);
          if (bad.contains(note.number)) return Error{problems::unavailable, "not today"};
          return {};
        },
        std::move(options));
  }
};

std::string text(TestDatabase& store, Sql sql) {
  return store->read([&](Snapshot& snapshot) { return snapshot.get<std::string>(sql); });
}

SubscribeOptions attempts(int n) { return {.max_attempts = n, .first_delay = 1s, .max_delay = 10s}; }

}  // namespace

TEST_CASE_METHOD(Fixture, "A message that fails blocks its key alone, and the order of the key is kept") {
  bad = {2};
  subscribe(attempts(100));
  run.start();
  publish_all(store, Noted{"a", 1}, Noted{"a", 2}, Noted{"b", 1}, Noted{"a", 3});
  REQUIRE(run.settle());
  publish_all(store, Noted{"a", 4}, Noted{"b", 3});
  REQUIRE(run.settle());
  CHECK(effects(store, "one", "a") == Numbers{1});
  CHECK(effects(store, "one", "b") == Numbers{1, 3});
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 3);
  CHECK(count(store, "SELECT COUNT(*) FROM parked WHERE next_at IS NOT NULL") == 1);
  CHECK(count(store, "SELECT SUM(attempts) FROM parked") == 1);
  CHECK(text(store, "SELECT error FROM parked WHERE next_at IS NOT NULL") == "unavailable: not today");

  bad.clear();
  REQUIRE(run.advance(10s));
  CHECK(effects(store, "one", "a") == Numbers{1, 2, 3, 4});
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 0);
}

TEST_CASE_METHOD(Fixture, "A parked message is not tried before its time") {
  bad = {1};
  subscribe(attempts(100));
  run.start();
  publish_all(store, Noted{"a", 1});
  REQUIRE(run.settle());
  const int before = calls;
  publish_all(store, Noted{"b", 7});
  REQUIRE(run.settle());
  CHECK(calls == before + 1);
  REQUIRE(run.advance(1s));
  CHECK(calls == before + 2);
}

TEST_CASE_METHOD(Fixture, "After the last attempt a message is a dead letter, once, and its key goes on") {
  bad = {1, 3};
  subscribe(attempts(4));
  run.start();
  publish_all(store, Noted{"a", 1}, Noted{"a", 2}, Noted{"a", 3}, Noted{"a", 4});
  REQUIRE(run.settle());
  for (int i = 0; i < 3; ++i) {
    CHECK(effects(store, "one", "a").empty());
    REQUIRE(run.advance(10s));
  }
  CHECK(effects(store, "one", "a") == Numbers{2});
  for (int i = 0; i < 3; ++i) REQUIRE(run.advance(10s));
  CHECK(effects(store, "one", "a") == Numbers{2, 4});
  CHECK(calls == 4 + 1 + 4 + 1);
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters") == 2);
  CHECK(count(store, "SELECT SUM(attempts) FROM dead_letters") == 8);
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters WHERE first_at < last_at AND consumer = 'one' AND key = 'a'") ==
        2);
  CHECK(count(store,
              "SELECT COUNT(*) FROM dead_letters d JOIN outbox o ON o.message_id = d.message_id "
              "AND o.position = d.position AND o.payload = d.payload") == 2);
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 0);
}

TEST_CASE_METHOD(Fixture, "With a single attempt a message dies at once and holds nobody up") {
  bad = {1};
  subscribe(attempts(1));
  run.start();
  publish_all(store, Noted{"a", 1}, Noted{"a", 2});
  REQUIRE(run.settle());
  CHECK(effects(store, "one", "a") == Numbers{2});
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters") == 1);
  CHECK(calls == 2);
}

TEST_CASE_METHOD(Fixture, "The hooks hear of each failure within the transaction that records it") {
  bad = {1};
  auto options = attempts(3);
  options.on_failed = [](Tx& tx, const DeliveryFailure& failure) {
    publish(tx, NoteFailed{failure.delivery.key, std::string{failure.error}, failure.attempt});
  };
  options.on_dead = [](Tx& tx, const DeliveryFailure& failure) {
    publish(tx, NoteDied{failure.delivery.key, std::string{failure.error}, failure.attempt});
  };
  subscribe(options);
  std::vector<std::string> heard;
  run.bus.subscribe<NoteFailed>("failures", [&](Tx&, const NoteFailed& failed) -> Result<void> {
    heard.push_back("failed " + std::to_string(failed.attempt) + " " + failed.error);
    return {};
  });
  run.bus.subscribe<NoteDied>("deaths", [&](Tx&, const NoteDied& died) -> Result<void> {
    heard.push_back("died " + std::to_string(died.attempt));
    return {};
  });
  run.start();
  publish_all(store, Noted{"a", 1});
  REQUIRE(run.settle());
  for (int i = 0; i < 5; ++i) REQUIRE(run.advance(10s));
  CHECK(heard ==
        std::vector<std::string>{"failed 1 unavailable: not today", "failed 2 unavailable: not today", "died 3"});
}

TEST_CASE_METHOD(Fixture, "A hook that fails loses neither the record nor the next attempt") {
  bad = {1};
  auto options = attempts(2);
  options.on_failed = [](Tx& tx, const DeliveryFailure&) {
    publish(tx, Other{"never"});
    throw std::runtime_error("the hook is broken");
  };
  options.on_dead = options.on_failed;
  subscribe(options);
  run.start();
  publish_all(store, Noted{"a", 1}, Noted{"a", 2});
  REQUIRE(run.settle());
  REQUIRE(run.advance(10s));
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters") == 1);
  CHECK(count(store, "SELECT COUNT(*) FROM outbox WHERE topic = 'test.other'") == 0);
  CHECK(effects(store, "one", "a") == Numbers{2});
}

TEST_CASE_METHOD(Fixture, "Whatever a handler throws parks the message, and what it did is undone") {
  run.bus.subscribe<Noted>("one", [&](Tx& tx, const Noted& note) -> Result<void> {
    add_effect(tx, "one", note);
    publish(tx, Other{"never"});
    if (note.number == 1) throw std::runtime_error("bad \xff\n byte");
    if (note.number == 2) throw 42;
    if (note.number == 3) return Error{problems::forbidden}.keeping_effects();
    tx.exec("INSERT INTO consumer_offsets (consumer, partition, position, moved_at) VALUES ('one', 0, 0, $1)",
            tx.now());
    return {};
  });
  run.start();
  publish_all(store, Noted{"a", 1}, Noted{"b", 2}, Noted{"c", 3}, Noted{"d", 4});
  REQUIRE(run.settle());
  CHECK(count(store, "SELECT COUNT(*) FROM test_effects") == 0);
  CHECK(count(store, "SELECT COUNT(*) FROM outbox") == 4);
  CHECK(count(store, "SELECT COUNT(*) FROM parked WHERE attempts = 1 AND next_at IS NOT NULL") == 4);
  CHECK(text(store, "SELECT error FROM parked WHERE key = 'a'") == "bad ?? byte");
}

TEST_CASE_METHOD(Fixture, "A payload that the subscriber's type can't hold is parked like any failure") {
  subscribe(attempts(1));
  run.start();
  store
      ->write([](Tx& tx) -> Result<void> {
        tx.append({.id = tx.new_id<MessageId>(),
                   .topic = "test.notes",
                   .key = "a",
                   .type = "Noted",
                   .payload = R"({"subject":"a","number":"seven"})",
                   .headers = {{"traceparent", "00-1-2-01"}}});
        return {};
      })
      .value();
  REQUIRE(run.settle());
  CHECK(calls == 0);
  CHECK(text(store, "SELECT error FROM dead_letters").find("/number") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "A message about a dead letter is dropped after its last attempt, and the key goes on") {
  int deaths = 0;
  std::vector<std::string> heard;
  SubscribeOptions options = attempts(2);
  options.on_dead = [&](Tx&, const DeliveryFailure&) { ++deaths; };
  run.bus.subscribe<NoteDied>(
      "alarm",
      [&](Tx&, const NoteDied& died) -> Result<void> {
        heard.push_back(died.error);
        if (died.error == "poison") return problems::internal;
        return {};
      },
      options);
  run.start();
  publish_all(store, NoteDied{"a", "poison", 1}, NoteDied{"a", "harmless", 1});
  REQUIRE(run.settle());
  REQUIRE(run.advance(10s));
  CHECK(heard == std::vector<std::string>{"poison", "poison", "harmless"});
  CHECK(deaths == 0);
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters") == 0);
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 0);
}

TEST_CASE_METHOD(Fixture, "While a subscriber fails for everybody, each message has its attempts and nothing is lost") {
  for (int i = 0; i < 200; ++i) bad.insert(i);
  subscribe(attempts(3));
  run.start();
  for (int i = 0; i < 200; ++i) publish_all(store, Noted{"k" + std::to_string(i % 50), i});
  REQUIRE(run.settle());
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 200);
  CHECK(calls == 50);
  for (int i = 0; i < 2; ++i) REQUIRE(run.advance(10s));
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters") == 50);
  bad.clear();
  for (int i = 0; i < 2; ++i) REQUIRE(run.advance(10s));
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 0);
  CHECK(count(store, "SELECT COUNT(*) FROM test_effects") == 150);
  for (int key = 0; key < 50; ++key)
    CHECK(effects(store, "one", "k" + std::to_string(key)) == Numbers{key + 50, key + 100, key + 150});
}
