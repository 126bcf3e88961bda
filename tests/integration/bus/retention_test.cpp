// The log is kept as long as somebody needs it and no longer, and offsets move without being rewritten for everything.
#include <catch2/catch.hpp>

#include "support/bus_notes.hpp"
#include "support/test_bus.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

constexpr auto week = std::chrono::days{7};

Result<void> ignore(Tx&, const Delivery&) { return {}; }

std::int64_t messages(TestDatabase& store) { return count(store, "SELECT COUNT(*) FROM outbox"); }

void publish_many(TestDatabase& store, int n) {
  store
      ->write([&](Tx& tx) -> Result<void> {
        for (int i = 0; i < n; ++i) publish(tx, Noted{"k" + std::to_string(i % 40), i});
        return {};
      })
      .value();
}

/// Far enough for the chores to come round, some of them after others.
void pass_time(TestBus& run, std::chrono::milliseconds by) {
  REQUIRE(run.advance(by));
  for (int i = 0; i < 3; ++i) REQUIRE(run.advance(1h));
}

/// The sum of all offsets of a consumer: it changes whenever one moves.
std::int64_t offsets(TestDatabase& store, std::string_view consumer) {
  return store->read([&](Snapshot& snapshot) {
    return snapshot.get<std::int64_t>("SELECT CAST(SUM(position) AS BIGINT) FROM consumer_offsets WHERE consumer = $1",
                                      consumer);
  });
}

}  // namespace

TEST_CASE("Messages that everybody has passed are removed once they are old enough") {
  TestDatabase store{GENERATE(from_range(engines()))};
  TestBus run{store};
  run.bus.add("one", "test.notes", "", ignore, {});
  run.start();
  publish_many(store, 1200);
  REQUIRE(run.settle());
  pass_time(run, week - 24h);
  CHECK(messages(store) == 1200);
  publish_all(store, Noted{"a", 1});
  pass_time(run, 24h);
  CHECK(messages(store) == 1);
  pass_time(run, week);
  CHECK(messages(store) == 0);
  publish_all(store, Noted{"a", 1});
  CHECK(count(store, "SELECT CAST(SUM(next - 1) AS BIGINT) FROM outbox_head") == 1202);
}

TEST_CASE("A message that a consumer has not passed is never removed, a parked one is kept apart") {
  TestDatabase store{GENERATE(from_range(engines()))};
  TestBus run{store};
  std::atomic<bool> breaks{true};
  run.bus.add("ready", "test.notes", "", ignore, {});
  run.bus.add("stuck", "test.notes", "",
              [&](Tx&, const Delivery& delivery) -> Result<void> {
                if (delivery.key == "bad") return problems::internal;
                if (breaks) throw StoreError(StoreError::Kind::unavailable, "a fault made by the test");
                return {};
              },
              {.max_attempts = 1'000'000, .max_delay = 24h});
  run.start();
  publish_all(store, Noted{"bad", 1}, Noted{"a", 1}, Noted{"b", 1});
  store.clock.advance(4 * week);
  for (int i = 0; i < 4; ++i) {
    CHECK_FALSE(run.runner.settle(20ms));  // it is tried again and again
    store.clock.advance(1h);
  }
  CHECK(messages(store) >= 2);
  breaks = false;
  pass_time(run, 1h);
  CHECK(messages(store) == 0);
  CHECK(count(store, "SELECT COUNT(*) FROM parked WHERE key = 'bad'") == 1);
}

TEST_CASE("A consumer that no longer exists keeps nothing") {
  TestDatabase store{GENERATE(from_range(engines()))};
  {
    TestBus run{store};
    run.bus.add("gone", "test.other", "", ignore, {});
    run.start();
    REQUIRE(run.settle());
  }
  TestBus run{store};
  run.bus.add("here", "test.notes", "", ignore, {});
  run.start();
  publish_all(store, Noted{"a", 1}, Other{"a"});
  REQUIRE(run.settle());
  pass_time(run, week);
  CHECK(messages(store) == 0);
}

TEST_CASE("A consumer of a rare topic does not rewrite its offset for others' messages, but it does not stand still") {
  TestDatabase store{GENERATE(from_range(engines()))};
  bus::BusSettings settings;
  settings.delivery.lazy_messages = 100'000;
  TestBus run{store, settings};
  run.bus.add("rare", "test.other", "", ignore, {});
  run.bus.add("busy", "test.notes", "", ignore, {});
  run.start();
  publish_many(store, 100);
  REQUIRE(run.settle());
  run.runner.wake("bus watch");
  REQUIRE(run.settle());
  CHECK(offsets(store, "rare") == 0);
  CHECK(offsets(store, "busy") == 100);
  REQUIRE(run.advance(settings.delivery.lazy_time));
  CHECK(offsets(store, "rare") == 100);
}

TEST_CASE("An offset that falls far behind moves at the next look, however young it is") {
  TestDatabase store{Engine::sqlite};
  TestBus run{store};
  run.bus.add("rare", "test.other", "", ignore, {});
  run.start();
  REQUIRE(run.settle());
  publish_many(store, 999);
  run.runner.wake("bus watch");
  REQUIRE(run.settle());
  CHECK(offsets(store, "rare") == 0);
  publish_many(store, 1);
  run.runner.wake("bus watch");
  REQUIRE(run.settle());
  CHECK(offsets(store, "rare") == 1000);
}

TEST_CASE("A wake-up that got lost is made good by the watch") {
  TestDatabase store{GENERATE(from_range(engines()))};
  TestBus run{store};
  int seen = 0;
  run.bus.add("one", "test.notes", "", [&](Tx&, const Delivery&) -> Result<void> { return ++seen, Result<void>{}; },
              {});
  run.start();
  REQUIRE(run.settle());
  {
    TestBus elsewhere{store};  // another server writes: this one hears nothing
    elsewhere.start();
    publish_all(store, Noted{"a", 1});
    REQUIRE(elsewhere.settle());
  }
  REQUIRE(run.settle());
  CHECK(seen == 0);
  run.runner.wake("bus watch");
  REQUIRE(run.settle());
  CHECK(seen == 1);
}

TEST_CASE("A retry that another server has parked runs here at its time, once the watch has seen it") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_effects(store);
  const auto wire = [](TestBus& run, bool fails) {
    run.bus.subscribe<Noted>("one",
                             [fails](Tx& tx, const Noted& note) -> Result<void> {
                               if (fails) return problems::internal;
                               add_effect(tx, "one", note);
                               return {};
                             },
                             {.first_delay = 10s, .max_delay = 10s});
  };
  TestBus run{store};
  wire(run, false);
  run.start();
  REQUIRE(run.settle());
  const auto park_elsewhere = [&](int number) {
    TestBus elsewhere{store};  // gone before the retry
    wire(elsewhere, true);
    elsewhere.start();
    publish_all(store, Noted{"a", number});
    REQUIRE(elsewhere.settle());
  };
  park_elsewhere(1);
  REQUIRE(run.advance(10s));
  CHECK(effects(store, "one", "a").empty());
  run.runner.wake("bus watch");
  REQUIRE(run.settle());
  CHECK(effects(store, "one", "a") == Numbers{1});

  park_elsewhere(2);
  run.runner.wake("bus watch");
  REQUIRE(run.settle());
  CHECK(effects(store, "one", "a") == Numbers{1});
  REQUIRE(run.advance(10s));
  CHECK(effects(store, "one", "a") == Numbers{1, 2});
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 0);
}

TEST_CASE("The next messages of a topic are found by an index") {
  TestDatabase store{Engine::sqlite};
  const auto plan = store->read([](Snapshot& snapshot) {
    std::string text;
    snapshot.visit(
        "EXPLAIN QUERY PLAN SELECT partition, position, message_id, topic, key, type, payload, headers, at FROM outbox "
        "WHERE topic = $1 AND partition = $2 AND position > $3 ORDER BY position LIMIT $4",
        [&](const Row& row) { text += row.text(3); }, "t", 0, 5, 10);
    return text;
  });
  CHECK(plan == "SEARCH outbox USING INDEX outbox_by_topic (topic=? AND rowid>?)");
}
