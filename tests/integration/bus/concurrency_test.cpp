// Many writers at a time, some of which are refused, and readers that look on: the log has no gap, shows nothing out
// of order, and nobody skips a message.
#include <catch2/catch.hpp>

#include <random>

#include "support/bus_notes.hpp"
#include "support/test_bus.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

constexpr int writers = 8;
constexpr int transactions = 60;
constexpr int subjects = 24;

std::string subject(int n) { return "subject-" + std::to_string(n); }

/// Each message takes its number from its subject's row, which the transaction holds until its commit: the numbers of a
/// subject are the order of the commits, without gaps.
Result<void> write_some(Tx& tx, std::mt19937& random) {
  std::set<int> chosen;
  for (auto n = 1 + random() % 4; n > 0; --n) chosen.insert(static_cast<int>(random() % subjects));
  for (const int n : chosen) {  // in order, so that writers don't wait for each other in a circle
    const auto number = tx.get<std::int64_t>(
        "UPDATE test_numbers SET number = number + 1 WHERE subject = $1 RETURNING number", subject(n));
    publish(tx, Noted{subject(n), number});
    if (random() % 4 == 0) {
      const auto undone = tx.savepoint([&]() -> Result<void> {
        publish(tx, Noted{subject(n), -1});
        return problems::forbidden;
      });
      if (!undone) publish(tx, Erased{subject(n)});
    }
  }
  if (random() % 3 == 0) return problems::forbidden;
  return {};
}

/// Follows the log by snapshots, as the relay does. What it finds behind its back is a message that others skip too.
struct Follower {
  std::map<int, std::int64_t> seen;
  std::string complaint;

  void look(Snapshot& snapshot) {
    for (auto& [partition, position] : seen)
      snapshot.visit(
          "SELECT position FROM outbox WHERE partition = $1 AND position > $2 ORDER BY position",
          [&, number = partition, &last = position](const Row& row) {
            if (row.integer(0) != last + 1)
              complaint = fmt::format("after {} of partition {} came {}", last, number, row.integer(0));
            last = row.integer(0);
          },
          partition, position);
  }
};

}  // namespace

TEST_CASE("With many writers no message is skipped, reordered or lost, whoever reads along") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_effects(store);
  store
      ->write([&](Tx& tx) -> Result<void> {
        tx.exec("CREATE TABLE test_numbers (subject TEXT PRIMARY KEY, number BIGINT NOT NULL)");
        for (int n = 0; n < subjects; ++n) tx.exec("INSERT INTO test_numbers VALUES ($1, 0)", subject(n));
        return {};
      })
      .value();
  Follower follower;
  store->read([&](Snapshot& snapshot) {
    for (const auto partition : snapshot.list<int>("SELECT partition FROM outbox_head")) follower.seen[partition] = 0;
  });

  TestBus run{store};
  run.bus.subscribe<Noted>("live", [](Tx& tx, const Noted& note) -> Result<void> {
    add_effect(tx, "live", note);
    return {};
  });
  run.start();

  std::atomic<int> writing{writers};
  std::atomic<int> committed{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < writers; ++i)
    threads.emplace_back([&, i] {
      std::mt19937 random{i};
      for (int n = 0; n < transactions; ++n)
        if (store->write([&](Tx& tx) { return write_some(tx, random); })) ++committed;
      --writing;
    });
  std::thread reader{[&] {
    const auto connection = store->open_reader();
    for (bool last = false; !last;) {
      last = writing == 0;
      connection->run([&](Snapshot& snapshot) { follower.look(snapshot); }, 0);
      connection->release();
    }
  }};
  for (auto& thread : threads) thread.join();
  reader.join();
  REQUIRE(run.settle());

  CHECK(follower.complaint.empty());
  CHECK(committed > writers * transactions / 2);
  CHECK(committed < writers * transactions);
  std::int64_t messages = 0;
  for (int n = 0; n < subjects; ++n) {
    const auto last = store->read([&](Snapshot& snapshot) {
      return snapshot.get<std::int64_t>("SELECT number FROM test_numbers WHERE subject = $1", subject(n));
    });
    messages += last;
    Numbers expected(static_cast<std::size_t>(last));
    std::iota(expected.begin(), expected.end(), 1);
    const auto logged = store->read([&](Snapshot& snapshot) {
      return snapshot.list<std::string>(
          "SELECT payload FROM outbox WHERE key = $1 AND type = 'Noted' ORDER BY position", subject(n));
    });
    Numbers in_log;
    for (const auto& payload : logged) in_log.push_back(decode<Noted>(parse_json(payload).value()).value().number);
    CHECK(in_log == expected);
    CHECK(effects(store, "live", subject(n)) == expected);
  }
  for (const auto& [partition, position] : follower.seen) {
    const auto next = store->read([&, number = partition](Snapshot& snapshot) {
      return snapshot.get<std::int64_t>("SELECT next FROM outbox_head WHERE partition = $1", number);
    });
    CHECK(next - 1 == position);
  }
  CHECK(count(store, "SELECT COUNT(*) FROM outbox WHERE type = 'Noted'") == messages);
}

TEST_CASE("Two servers on one database share a consumer, and nothing is done twice") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_effects(store);
  const auto wire = [](TestBus& run) {
    run.bus.subscribe<Noted>("shared", [](Tx& tx, const Noted& note) -> Result<void> {
      add_effect(tx, "shared", note);
      return {};
    });
  };
  TestBus one{store};
  TestBus two{store};  // hears of what is committed; the other one is woken by hand
  wire(one);
  wire(two);
  one.start();
  two.start();
  const auto partitions =
      store->read([&](Snapshot& snapshot) { return snapshot.list<int>("SELECT partition FROM outbox_head"); });
  for (int n = 0; n < 40; ++n) {
    publish_all(store, Noted{"a", n}, Noted{"b", n}, Noted{"c", n}, Noted{"d", n});
    for (const int partition : partitions) one.runner.wake("consumer shared " + std::to_string(partition));
  }
  REQUIRE(one.settle());
  REQUIRE(two.settle());
  Numbers expected(40);
  std::iota(expected.begin(), expected.end(), 0);
  for (const auto* key : {"a", "b", "c", "d"}) CHECK(effects(store, "shared", key) == expected);
}
