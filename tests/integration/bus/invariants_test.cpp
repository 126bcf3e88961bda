// The invariants of the log: they hold after a life with failures, and each can be broken and is then told.
#include "bus/invariants.hpp"

#include <catch2/catch.hpp>

#include <functional>

#include "support/bus_notes.hpp"
#include "support/result.hpp"
#include "support/test_bus.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> violations(Snapshot& snapshot) {
  std::vector<std::string> found;
  for (const auto& invariant : bus::invariants())
    for (const auto& line : invariant.violations(snapshot)) found.push_back(std::string{invariant.rule} + " " + line);
  return found;
}

/// Messages of two keys, of which "a" is parked from its second message on.
struct Lived {
  explicit Lived(Engine engine) : store(engine) {
    make_effects(store);
    TestBus run{store};
    run.bus.subscribe<Noted>("reader",
                             [](Tx&, const Noted& note) -> Result<void> {
                               if (note.subject == "a" && note.number == 2) return problems::unavailable;
                               return {};
                             },
                             {.max_attempts = 9, .first_delay = 1h, .max_delay = 1h});
    run.start();
    for (int number = 1; number <= 4; ++number) publish_all(store, Noted{"a", number}, Noted{"b", number});
    REQUIRE(run.settle());
    REQUIRE(count(store, "SELECT count(*) FROM parked") == 3);
  }

  /// What is told of the damage, which is then undone.
  std::vector<std::string> told(const std::function<void(Tx&)>& damage) {
    std::vector<std::string> found;
    const auto refused = store->write([&](Tx& tx) -> Result<void> {
      damage(tx);
      found = violations(tx);
      return problems::forbidden;
    });
    CHECK_FALSE(refused);
    REQUIRE(store->read([](Snapshot& snapshot) { return violations(snapshot); }).empty());
    return found;
  }

  TestDatabase store;
};

struct Damage {
  const char* what;
  const char* rule;  ///< how the one complaint begins
  std::function<void(Tx&)> make;
};

const Damage damages[] = {
    {"a message taken out of the middle", "The log of messages has no gap",
     [](Tx& tx) { tx.exec("DELETE FROM outbox WHERE key = 'b' AND payload LIKE '%2%'"); }},
    {"a message taken from the end", "The log of messages has no gap",
     [](Tx& tx) { tx.exec("DELETE FROM outbox WHERE key = 'b' AND payload LIKE '%4%'"); }},
    {"a head ahead of its last message", "The log of messages has no gap",
     [](Tx& tx) {
       tx.exec(
           "UPDATE outbox_head SET next = next + 1"
           " WHERE partition = (SELECT partition FROM outbox WHERE key = 'b' LIMIT 1)");
     }},
    {"an offset ahead of the head", "No subscriber is ahead of the log.",
     [](Tx& tx) {
       tx.exec(
           "UPDATE consumer_offsets SET position = 99"
           " WHERE partition = (SELECT partition FROM outbox WHERE key = 'b' LIMIT 1)");
     }},
    {"an offset of a partition that there is not", "No subscriber is ahead of the log.",
     [](Tx& tx) {
       tx.exec("INSERT INTO consumer_offsets (consumer, partition, position, moved_at) VALUES ('reader', 99, 0, $1)",
               tx.now());
     }},
    {"an offset before the beginning", "No subscriber is ahead of the log.",
     [](Tx& tx) {
       tx.exec(
           "UPDATE consumer_offsets SET position = -1"
           " WHERE partition = (SELECT partition FROM outbox WHERE key = 'b' LIMIT 1)");
     }},
    {"a reader of the feed ahead of the head", "No reader of the feed is ahead of the log.",
     [](Tx& tx) {
       tx.exec(
           "INSERT INTO feed_offsets (topic, consumer, partition, position, committed_at)"
           " SELECT 'test.notes', 'billing', partition, 99, $1 FROM outbox WHERE key = 'b' LIMIT 1",
           tx.now());
     }},
    {"a parked message that was never there", "What is parked was in the log.",
     [](Tx& tx) { tx.exec("UPDATE parked SET position = 99 WHERE payload LIKE '%4%'"); }},
    {"a key that nobody will try again", "Of the parked messages of a key",
     [](Tx& tx) { tx.exec("UPDATE parked SET next_at = NULL WHERE next_at IS NOT NULL"); }},
    {"a message that would overtake another", "Of the parked messages of a key",
     [](Tx& tx) { tx.exec("UPDATE parked SET next_at = $1 WHERE payload LIKE '%4%'", tx.now()); }},
    {"a first message that was lost", "Of the parked messages of a key",
     [](Tx& tx) { tx.exec("DELETE FROM parked WHERE payload LIKE '%2%'"); }},
};

}  // namespace

TEST_CASE("the invariants of the log hold while messages are parked, and each violation is told") {
  Lived lived{GENERATE(from_range(engines()))};
  CHECK(lived.told([](Tx&) {}).empty());
  for (const auto& [what, rule, make] : damages) {
    INFO(what);
    const auto told = lived.told(make);
    REQUIRE(told.size() == 1);
    CHECK_THAT(told.front(), Catch::StartsWith(rule));
  }
}

TEST_CASE("a log whose old messages were pruned, some or all, is without gaps") {
  Lived lived{GENERATE(from_range(engines()))};
  CHECK(
      lived.told([](Tx& tx) { tx.exec("DELETE FROM outbox WHERE payload LIKE '%1%' OR payload LIKE '%2%'"); }).empty());
  CHECK(lived.told([](Tx& tx) { tx.exec("DELETE FROM outbox"); }).empty());
}
