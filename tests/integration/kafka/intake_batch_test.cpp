// A batch of messages from outside: its effects and its place commit together, or neither does.
#include "kafka/intake_batch.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <numeric>
#include <thread>

#include "kafka/intake.hpp"
#include "support/bus_notes.hpp"
#include "support/databases.hpp"
#include "support/eventually.hpp"
#include "support/mock_kafka.hpp"
#include "support/relay_site.hpp"

using namespace guerdon;
using namespace guerdon::test;
using kafka::IntakeBatch;
using kafka::Taken;

namespace {

/// Takes numbers, and refuses or throws what else it is told.
Result<void> take_note(Tx& tx, std::string_view value) {
  const std::string text{value};
  if (text == "refuse") {
    tx.exec("INSERT INTO test_effects (consumer, subject, number) VALUES ('intake', 'refused', 0)");
    return Error{problems::validation_failed, "no number"};
  }
  if (text == "throw") throw std::runtime_error("a bug");
  if (text == "broken") throw StoreError(StoreError::Kind::unavailable, "the store is away");
  add_effect(tx, "intake", Noted{"n", std::stoll(text)});
  return {};
}

struct Fixture {
  explicit Fixture(Engine engine) : store(engine) { make_effects(store); }

  IntakeBatch::Outcome run(std::optional<std::int64_t> expected, const std::vector<Taken>& messages) {
    const IntakeBatch batch{"activities", 3, handler};
    return store
        ->write([&](Tx& tx) -> Result<IntakeBatch::Outcome> {
          auto outcome = batch.run(tx, expected, messages);
          if (outcome.is_stale) return problems::forbidden;
          return outcome;
        })
        .value();
  }
  bool is_stale(std::optional<std::int64_t> expected, const std::vector<Taken>& messages) {
    const IntakeBatch batch{"activities", 3, handler};
    bool stale = false;
    static_cast<void>(store->write([&](Tx& tx) -> Result<void> {
      stale = batch.run(tx, expected, messages).is_stale;
      if (stale) return problems::forbidden;
      return {};
    }));
    return stale;
  }
  std::optional<std::int64_t> place() {
    return store->read([](Snapshot& snapshot) -> std::optional<std::int64_t> {
      const auto offsets = kafka::list_offsets(snapshot, "activities");
      if (offsets.empty()) return std::nullopt;
      CHECK(offsets.front().first == 3);
      return offsets.front().second;
    });
  }

  const Intakes::Handler handler = take_note;
  TestDatabase store;
};

/// Up to a hundred batches: how many messages fit into one is a matter of time.
std::size_t run_all(Fixture& f, std::optional<std::int64_t> expected, std::vector<Taken> messages) {
  std::size_t refused = 0;
  while (!messages.empty()) {
    const auto outcome = f.run(expected, messages);
    REQUIRE(outcome.done > 0);
    refused += outcome.refused;
    expected = outcome.next;
    messages.erase(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(outcome.done));
  }
  return refused;
}

}  // namespace

TEST_CASE("messages from outside count once, whatever is delivered again") {
  Fixture f{GENERATE(from_range(engines()))};
  CHECK_FALSE(f.place().has_value());
  CHECK(run_all(f, std::nullopt, {{7, "a", "1"}, {8, "a", "2"}, {12, "b", "3"}}) == 0);
  CHECK(f.place() == 13);
  CHECK(f.is_stale(std::nullopt, {{7, "a", "1"}}));
  CHECK(f.is_stale(8, {{8, "a", "2"}}));
  CHECK_FALSE(f.is_stale(13, {{13, "a", "4"}}));
  CHECK(effects(f.store, "intake", "n") == Numbers{1, 2, 3, 4});
}

TEST_CASE("what is refused goes on with its reason, leaves nothing, and stops nothing") {
  Fixture f{GENERATE(from_range(engines()))};
  const std::string binary{"\xff\x00\x01", 3};
  CHECK(run_all(f, std::nullopt,
                {{0, "a", "1"},
                 {1, "k1", "refuse"},
                 {2, binary, "throw"},
                 {3, "", ""},
                 {4, "k", binary},
                 {5, "k", std::string(70'000, '9')},
                 {6, "a", "2"}}) == 5);
  CHECK(f.place() == 7);
  CHECK(effects(f.store, "intake", "n") == Numbers{1, 2});
  CHECK(effects(f.store, "intake", "refused").empty());
  std::vector<json::value> told;
  for (const auto& message : f.store.outbox.messages()) {
    CHECK(message.topic == "activities.dlq");
    CHECK(message.type == "ActivityRefused");
    told.push_back(parse_json(message.payload).value());
  }
  REQUIRE(told.size() == 5);
  CHECK(told[0] == parse_json(R"({"topic":"activities","partition":3,"offset":1,"key":"k1","reason":"no number",)"
                              R"("value":"refuse"})")
                       .value());
  CHECK(told[1].at("reason") == "a bug");
  CHECK_FALSE(told[1].as_object().contains("key"));
  CHECK(told[2].at("reason") == "empty");
  CHECK(told[3].at("valueBase64Url") == "_wAB");
  CHECK(told[4].at("reason") == "more than 65536 bytes");
}

TEST_CASE("a message that breaks something in the store again and again is refused, and stops the rest no longer") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_effects(store);
  MockKafka cluster;
  cluster.make_topic("shop.activities", 1);
  auto config = kafka_config(cluster.brokers());
  config.activities_topic = KafkaTopic::trusted("shop.activities");
  for (const char* const value : {"1", "unreadable", "2"}) cluster.send("shop.activities", "k", value);
  std::atomic<int> met{0};
  kafka::Intake intake{config, *store, [&](Tx& tx, std::string_view value) {
                         if (value != "unreadable") return take_note(tx, value);
                         ++met;
                         tx.exec("SELECT FROM nowhere");
                         return Result<void>{};
                       }};
  intake.start();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (intake.figures().taken < 2 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  intake.stop();
  // Four times, all told, since the last batch that was taken: one with the first message alone may be among them.
  CHECK(met >= 4);
  CHECK(met <= 7);
  CHECK(intake.figures().refused == 1);
  CHECK(effects(store, "intake", "n") == Numbers{1, 2});
  const auto told = store.outbox.messages();
  REQUIRE(told.size() == 1);
  CHECK(parse_json(told[0].payload).value().at("offset") == 1);
}

TEST_CASE("servers share the partitions, and what one leaves the others go on with: each message counts once") {
  TestDatabase store{engines().back()};  // several servers have PostgreSQL
  make_effects(store);
  MockKafka cluster;
  auto config = kafka_config(cluster.brokers());
  config.activities_topic = KafkaTopic::trusted("shop.activities");
  cluster.make_topic("shop.activities", 4);
  std::int64_t sent = 0;
  const auto send = [&] {
    for (int i = 0; i < 40; ++i, ++sent) cluster.send("shop.activities", "k" + std::to_string(i), std::to_string(sent));
  };
  std::optional<kafka::Intake> first{std::in_place, config, *store, take_note};
  kafka::Intake second{config, *store, take_note};
  send();
  first->start();
  CHECK(eventually([&] { return first->figures().taken > 0; }));
  second.start();
  send();
  CHECK(eventually([&] { return first->figures().partitions > 0 && second.figures().partitions > 0; }));
  send();
  CHECK(eventually([&] { return first->figures().taken + second.figures().taken == 120; }));
  CHECK(second.figures().taken > 0);
  send();
  first.reset();
  CHECK(eventually([&] { return second.figures().partitions == 4 && second.figures().lag == 0; }));
  send();
  CHECK(eventually([&] { return effects(store, "intake", "n").size() == 200; }));
  auto taken = effects(store, "intake", "n");
  std::sort(taken.begin(), taken.end());
  Numbers all(200);
  std::iota(all.begin(), all.end(), 0);
  CHECK(taken == all);
}

TEST_CASE("what the store could not do was not taken") {
  Fixture f{GENERATE(from_range(engines()))};
  const IntakeBatch batch{"activities", 3, f.handler};
  CHECK_THROWS_AS(f.store->write([&](Tx& tx) -> Result<void> {
    batch.run(tx, std::nullopt, {{0, "a", "1"}, {1, "a", "broken"}});
    batch.run(tx, 1, {{1, "a", "broken"}});
    return {};
  }),
                  StoreError);
  CHECK_FALSE(f.place().has_value());
  CHECK(effects(f.store, "intake", "n").empty());
}
