// Dead letters as rows: which are listed, by which index they are found, and one that another server hands back.
#include <catch2/catch.hpp>

#include "bus/dead_letters.hpp"
#include "support/bus_notes.hpp"
#include "support/test_bus.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

/// The letters of a server that has none of the consumers' pumps.
bus::DeadLetters elsewhere() {
  return bus::DeadLetters{{.knows = [](std::string_view) { return true; }, .wake = [](const std::string&, int) {}}};
}

/// As if so many had been given up, position after position.
void give_up(TestDatabase& store, const std::string& consumer, const std::string& topic, int count) {
  store
      ->write([&](Tx& tx) -> Result<void> {
        for (int i = 0; i < count; ++i) {
          bus::Parked parked;
          parked.delivery.position = i + 1;
          parked.delivery.topic = topic;
          parked.delivery.key = "k" + std::to_string(i);
          parked.delivery.type = "Noted";
          parked.delivery.payload = "{}";
          parked.error = "a test";
          bus::add_dead_letter(tx, consumer, parked);
        }
        return {};
      })
      .value();
}

std::string plan_of(TestDatabase& store, Sql statement) {
  return store->read([&](Snapshot& snapshot) {
    std::string text;
    snapshot.visit(statement, [&](const Row& row) { text += row.text(3); });
    return text;
  });
}

}  // namespace

TEST_CASE("Dead letters are listed by topic, by consumer, by both and all together, newest first, below an id") {
  TestDatabase store{GENERATE(from_range(engines()))};
  give_up(store, "one", "test.notes", 3);
  give_up(store, "two", "test.notes", 2);
  give_up(store, "two", "test.other", 1);
  const auto letters = elsewhere();
  const auto list = [&](const bus::DeadLetterFilter& filter, std::optional<Uuid> before = {},
                        std::int64_t limit = 100) {
    return store->read([&](Snapshot& snapshot) { return letters.list(snapshot, filter, before, limit); });
  };
  CHECK(list({"test.notes", {}}).size() == 5);
  CHECK(list({{}, "two"}).size() == 3);
  CHECK(list({"test.notes", "two"}).size() == 2);
  CHECK(list({"test.other", "one"}).empty());
  const auto filter = GENERATE(bus::DeadLetterFilter{}, bus::DeadLetterFilter{"test.notes", {}},
                               bus::DeadLetterFilter{{}, "one"}, bus::DeadLetterFilter{"test.notes", "one"});
  const auto all = list(filter);
  REQUIRE(all.size() >= 3);
  for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i].id < all[i - 1].id);
  const auto page = list(filter, all[0].id.uuid(), 2);
  REQUIRE(page.size() == 2);
  CHECK(page[0].id == all[1].id);
  CHECK(page[1].id == all[2].id);
}

TEST_CASE("Whatever dead letters are listed by has an index, and so has what is replayed") {
  TestDatabase store{Engine::sqlite};
  CHECK(plan_of(store,
                "EXPLAIN QUERY PLAN SELECT partition, position, message_id, topic, key, type, payload, headers, at, "
                "id, consumer, attempts, error, first_at, last_at FROM dead_letters WHERE topic = 't' AND id < x'00' "
                "AND (NULL IS NULL OR consumer = NULL) ORDER BY id DESC LIMIT 10") ==
        "SEARCH dead_letters USING INDEX dead_letters_by_topic (topic=? AND id<?)");
  CHECK(plan_of(store,
                "EXPLAIN QUERY PLAN SELECT partition, position, message_id, topic, key, type, payload, headers, at, "
                "id, consumer, attempts, error, first_at, last_at FROM dead_letters WHERE consumer = 'c' "
                "AND id < x'00' ORDER BY id DESC LIMIT 10") ==
        "SEARCH dead_letters USING INDEX dead_letters_by_consumer (consumer=? AND id<?)");
  CHECK(plan_of(store,
                "EXPLAIN QUERY PLAN SELECT partition, position, message_id, topic, key, type, payload, headers, at, "
                "id, consumer, attempts, error, first_at, last_at FROM dead_letters WHERE topic = 't' AND id > x'00' "
                "AND id <= x'01' AND (NULL IS NULL OR consumer = NULL) ORDER BY id LIMIT 50") ==
        "SEARCH dead_letters USING INDEX dead_letters_by_topic (topic=? AND id>? AND id<?)");
}

TEST_CASE("The next retry of a consumer is found by an index") {
  TestDatabase store{Engine::sqlite};
  const auto plan = plan_of(store,
                            "EXPLAIN QUERY PLAN SELECT o.consumer, o.partition, (SELECT p.next_at FROM parked p "
                            "WHERE p.consumer = o.consumer AND p.partition = o.partition AND p.next_at IS NOT NULL "
                            "ORDER BY p.next_at LIMIT 1) FROM consumer_offsets o");
  INFO(plan);
  CHECK(plan.find("SEARCH p USING COVERING INDEX parked_due (consumer=? AND partition=?") != std::string::npos);
}

TEST_CASE("A dead letter that another server replays is handled here once the watch has looked") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_effects(store);
  TestBus run{store};
  std::atomic<bool> fails{true};
  run.bus.subscribe<Noted>("one",
                           [&](Tx& tx, const Noted& note) -> Result<void> {
                             if (fails) return problems::internal;
                             add_effect(tx, "one", note);
                             return {};
                           },
                           {.max_attempts = 1});
  run.start();
  publish_all(store, Noted{"a", 1});
  REQUIRE(run.settle());
  REQUIRE(count(store, "SELECT COUNT(*) FROM dead_letters") == 1);
  fails = false;

  const auto letters = elsewhere();
  const auto id =
      store->read([](Snapshot& snapshot) { return snapshot.get<bus::DeadLetterId>("SELECT id FROM dead_letters"); });
  store->write([&](Tx& tx) { return letters.replay(tx, Caller{}, id); }).value();
  REQUIRE(run.settle());
  CHECK(effects(store, "one", "a").empty());
  run.runner.wake("bus watch");
  REQUIRE(run.settle());
  CHECK(effects(store, "one", "a") == Numbers{1});
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 0);
}

TEST_CASE("A replay of many ends with the newest that there was at its first step, and counts what it had to skip") {
  TestDatabase store{GENERATE(from_range(engines()))};
  TestBus run{store};  // nobody handles anything, but the consumer has its places
  run.bus.add("one", "test.nothing", "", [](Tx&, const Delivery&) -> Result<void> { return {}; }, {});
  run.start();
  REQUIRE(run.settle());
  give_up(store, "one", "test.notes", 60);
  give_up(store, "gone", "test.notes", 40);
  const auto letters = bus::DeadLetters{
      {.knows = [](std::string_view consumer) { return consumer == "one"; }, .wake = [](const std::string&, int) {}}};
  bus::ReplayProgress progress;
  const auto step = [&] {
    const auto before = progress;
    store
        ->write([&](Tx& tx) -> Result<void> {
          progress = before;
          letters.replay_next(tx, Caller{}, {"test.notes", {}}, progress);
          return {};
        })
        .value();
  };
  step();
  CHECK(progress.replayed == 50);
  CHECK_FALSE(progress.is_over);
  give_up(store, "two", "test.notes", 7);  // newer than the replay
  step();
  CHECK(progress.is_over);
  CHECK(progress.replayed == 60);
  CHECK(progress.skipped == 40);
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters") == 47);
  progress = {};
  step();
  CHECK(progress.is_over);
  CHECK(progress.replayed == 0);
  CHECK(progress.skipped == 47);
}
