// What a subscriber sees: each message once in effect, in order, from where it asked to begin.
#include <catch2/catch.hpp>

#include <atomic>

#include "support/bus_notes.hpp"
#include "support/test_bus.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

using From = SubscribeOptions::From;

void subscribe_noting(TestBus& run, const std::string& name, SubscribeOptions options = {}) {
  run.bus.subscribe<Noted>(
      name,
      [name](Tx& tx, const Noted& note) -> Result<void> {
        add_effect(tx, name, note);
        return {};
      },
      std::move(options));
}

}  // namespace

TEST_CASE("A published message reaches every subscriber of its type once, in order per key") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_effects(store);
  TestBus run{store};
  subscribe_noting(run, "one");
  subscribe_noting(run, "two");
  run.start();

  publish_all(store, Noted{"a", 1}, Erased{"a"}, Noted{"b", 1}, Noted{"a", 2}, Other{"a"});
  publish_all(store, Noted{"a", 3});
  REQUIRE(run.settle());

  for (const auto* consumer : {"one", "two"}) {
    CHECK(effects(store, consumer, "a") == Numbers{1, 2, 3});
    CHECK(effects(store, consumer, "b") == Numbers{1});
  }
}

TEST_CASE("What a subscriber publishes reaches the next one, and settling waits for the whole chain") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_effects(store);
  TestBus run{store};
  run.bus.subscribe<Other>("first", [](Tx& tx, const Other& other) -> Result<void> {
    publish(tx, Noted{other.subject, 7});
    return {};
  });
  subscribe_noting(run, "second");
  run.start();
  publish_all(store, Other{"a"});
  REQUIRE(run.settle());
  CHECK(effects(store, "second", "a") == Numbers{7});
}

TEST_CASE("A message of a transaction that was refused does not exist") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_effects(store);
  TestBus run{store};
  subscribe_noting(run, "one");
  run.start();
  const auto refused = store->write([](Tx& tx) -> Result<void> {
    publish(tx, Noted{"a", 1});
    return problems::forbidden;
  });
  CHECK(refused.has_error());
  const auto inner = store->write([](Tx& tx) -> Result<void> {
    const auto undone = tx.savepoint([&]() -> Result<void> {
      publish(tx, Noted{"a", 2});
      return problems::forbidden;
    });
    publish(tx, Noted{"a", undone.has_error() ? 3 : 4});
    return {};
  });
  CHECK(inner.has_value());
  REQUIRE(run.settle());
  CHECK(effects(store, "one", "a") == Numbers{3});
  CHECK(count(store, "SELECT COUNT(*) FROM outbox") == 1);
}

TEST_CASE("A new consumer begins where it says, a known one where it was") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_effects(store);
  {
    TestBus run{store};
    subscribe_noting(run, "old");
    run.start();
    publish_all(store, Noted{"a", 1});
    REQUIRE(run.settle());
  }
  {
    TestBus run{store};  // nobody listens
    run.start();
    publish_all(store, Noted{"a", 2});
    REQUIRE(run.settle());
  }
  TestBus run{store};
  subscribe_noting(run, "old", {.from = From::latest});
  subscribe_noting(run, "early");
  subscribe_noting(run, "late", {.from = From::latest});
  run.start();
  publish_all(store, Noted{"a", 3});
  REQUIRE(run.settle());
  CHECK(effects(store, "old", "a") == Numbers{1, 2, 3});
  CHECK(effects(store, "early", "a") == Numbers{1, 2, 3});
  CHECK(effects(store, "late", "a") == Numbers{3});
}

TEST_CASE("An untyped consumer sees every type of its topic with its envelope") {
  TestDatabase store{GENERATE(from_range(engines()))};
  TestBus run{store};
  std::vector<std::string> seen;
  run.bus.add("relay", "test.notes", "",
              [&](Tx&, const Delivery& delivery) -> Result<void> {
                const auto message = parse_json(envelope(delivery)).value();
                const bool is_whole = message.at("id").as_string() == delivery.id.to_string() &&
                                      message.at("timestamp").as_string() == to_rfc3339(store.clock.now()) &&
                                      message.at("payload").at("subject").as_string() == delivery.key;
                seen.push_back(is_whole ? delivery.type : "damaged");
                return {};
              },
              {});
  run.start();
  publish_all(store, Noted{"a", 1}, Other{"a"}, Erased{"a"});
  REQUIRE(run.settle());
  CHECK(seen == std::vector<std::string>{"Noted", "Erased"});
}

TEST_CASE("A long backlog is worked off in batches, each with its offset") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_effects(store);
  {
    TestBus run{store};
    run.start();
    for (int i = 0; i < 20; ++i)
      store
          ->write([&](Tx& tx) -> Result<void> {
            for (int j = 0; j < 50; ++j) publish(tx, Noted{"k" + std::to_string(j % 7), i * 50 + j});
            return {};
          })
          .value();
  }
  TestBus run{store};
  subscribe_noting(run, "one");
  run.start();
  REQUIRE(run.settle());
  CHECK(count(store, "SELECT COUNT(*) FROM test_effects") == 1000);
  for (int key = 0; key < 7; ++key) {
    const auto numbers = effects(store, "one", "k" + std::to_string(key));
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));
  }
  CHECK(count(store,
              "SELECT COUNT(*) FROM consumer_offsets o JOIN outbox_head h ON h.partition = o.partition "
              "WHERE o.position < h.next - 1") == 0);
}

TEST_CASE("A consumer's name is unique, and the sealed bus takes no more") {
  TestDatabase store{Engine::sqlite};
  TestBus run{store};
  subscribe_noting(run, "one");
  CHECK_THROWS_AS(subscribe_noting(run, "one"), std::logic_error);
  CHECK_THROWS_AS(run.bus.start(false), std::logic_error);
  run.bus.seal();
  CHECK_THROWS_AS(subscribe_noting(run, "two"), std::logic_error);
}

TEST_CASE("The catalogue lists what was subscribed to or declared, with a schema") {
  TestDatabase store{Engine::sqlite};
  TestBus run{store};
  subscribe_noting(run, "one");
  subscribe_noting(run, "two");
  run.bus.declare<Other>();
  const auto catalogue = run.bus.catalogue();
  REQUIRE(catalogue.size() == 2);
  CHECK(catalogue[0].topic == "test.notes");
  CHECK(catalogue[0].type == "Noted");
  CHECK(catalogue[1].type == "Other");
  SchemaRegistry registry;
  CHECK(json::serialize(catalogue[0].schema(registry)).find("$ref") != std::string::npos);
  CHECK(json::serialize(registry.components()).find("number") != std::string::npos);
}

TEST_CASE("Replaying the whole log to a subscriber whose effects have keys changes nothing") {
  TestDatabase store{GENERATE(from_range(engines()))};
  change(store, "CREATE TABLE test_seen (subject TEXT, number BIGINT, PRIMARY KEY (subject, number))");
  TestBus run{store};
  std::atomic<int> calls{0};
  run.bus.subscribe<Noted>("keyed", [&](Tx& tx, const Noted& note) -> Result<void> {
    ++calls;
    if (tx.exec("INSERT INTO test_seen VALUES ($1, $2) ON CONFLICT DO NOTHING", note.subject, note.number) == 1)
      publish(tx, Other{note.subject});
    return {};
  });
  run.start();
  publish_all(store, Noted{"a", 1}, Noted{"b", 1}, Noted{"a", 2}, Noted{"a", 2});
  REQUIRE(run.settle());
  const auto state = [&] {
    return store->read([](Snapshot& snapshot) {
      return std::pair{snapshot.list<std::tuple<std::string, std::int64_t>>(
                           "SELECT subject, number FROM test_seen ORDER BY subject, number"),
                       snapshot.get<std::int64_t>("SELECT COUNT(*) FROM outbox")};
    });
  };
  const auto before = state();
  CHECK(before.first.size() == 3);
  CHECK(before.second == 7);
  const int calls_before = calls;
  change(store, "UPDATE consumer_offsets SET position = 0");
  run.runner.wake("bus watch");
  REQUIRE(run.settle());
  CHECK(calls == 2 * calls_before);
  CHECK(state() == before);
}

TEST_CASE("A subscriber that wants to be alone gets a transaction for each message where others could wait for it") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_effects(store);
  TestBus run{store};
  std::atomic<int> in_transaction{0};
  std::atomic<int> most{0};
  std::atomic<bool> fails{true};
  run.bus.subscribe<Noted>("alone",
                           [&](Tx& tx, const Noted& note) -> Result<void> {
                             if (fails && note.number == 3) return Error{problems::not_found};
                             ++in_transaction;
                             tx.on_commit([&] { most = std::max(most.load(), in_transaction.exchange(0)); });
                             add_effect(tx, "alone", note);
                             return {};
                           },
                           {.alone = true});
  for (std::int64_t number = 1; number <= 9; ++number) publish_all(store, Noted{"a", number});
  run.start();
  REQUIRE(run.settle());
  CHECK(effects(store, "alone", "a") == Numbers{1, 2});
  fails = false;
  REQUIRE(run.advance(std::chrono::hours{1}));  // the parked ones are due
  CHECK(effects(store, "alone", "a") == Numbers{1, 2, 3, 4, 5, 6, 7, 8, 9});
  if (store->engine() == Engine::postgres)
    CHECK(most == 1);
  else
    CHECK(most > 1);
}
