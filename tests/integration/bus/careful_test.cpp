// After a crash the bus goes on with care: a message that kills the process is found and given up, and no other is.
#include <catch2/catch.hpp>

#include "bus/run_mark.hpp"
#include "support/bus_notes.hpp"
#include "support/mortal_server.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t poison = 13;

/// "killer" dies of the poison, "innocent" does not.
struct Fixture {
  MortalServer server{GENERATE(from_range(engines())), [this](TestBus& run) { wire(run); }};
  TestDatabase& store = server.store;
  std::atomic<int> deaths{0};
  std::atomic<int> failures_left{0};
  std::atomic<bool> dies_of_everything{false};  // "innocent" does, to be exact

  Fixture() { make_effects(store); }

  void wire(TestBus& run) {
    run.bus.subscribe<Noted>("killer", [this](Tx& tx, const Noted& note) -> Result<void> {
      add_effect(tx, "killer", note);
      if (note.number == poison) {
        ++deaths;
        server.die();
      }
      return {};
    });
    run.bus.subscribe<Noted>("innocent", [this](Tx& tx, const Noted& note) -> Result<void> {
      add_effect(tx, "innocent", note);
      if (failures_left > 0 && failures_left-- > 0) throw std::runtime_error("no");
      if (dies_of_everything) {
        ++deaths;
        server.die();
      }
      return {};
    });
  }
  /// Publishes before anybody listens, so that the crash comes from the consumers.
  void publish_before_start(const std::function<void(Tx&)>& publishing) {
    TestBus nobody{store};
    nobody.start();
    store
        ->write([&](Tx& tx) -> Result<void> {
          publishing(tx);
          return {};
        })
        .value();
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A message that kills the process becomes a dead letter after three counted crashes") {
  publish_before_start([](Tx& tx) {
    for (int i = 0; i < 5; ++i) publish(tx, Noted{"k" + std::to_string(i), i});
    publish(tx, Noted{"k0", poison});
    publish(tx, Noted{"k0", 100});
    for (int i = 0; i < 5; ++i) publish(tx, Noted{"k" + std::to_string(i), 200 + i});
  });
  server.start();
  int restarts = 0;
  while (!server.survives()) {
    REQUIRE(++restarts < 10);
    server.restart(true);
  }
  CHECK(deaths == 4);  // the first was met in a batch, where it could not be told from its neighbours
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters") == 1);
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters WHERE consumer = 'killer' AND attempts = 3") == 1);
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 0);
  CHECK(effects(store, "killer", "k0") == Numbers{0, 100, 200});
  CHECK(effects(store, "innocent", "k0") == Numbers{0, poison, 100, 200});
  for (int i = 1; i < 5; ++i) {
    CHECK(effects(store, "killer", "k" + std::to_string(i)) == Numbers{i, 200 + i});
    CHECK(effects(store, "innocent", "k" + std::to_string(i)) == Numbers{i, 200 + i});
  }
}

TEST_CASE_METHOD(Fixture, "A parked message that kills the process at a later attempt is found as well") {
  server.start();
  failures_left = 1;
  dies_of_everything = true;
  publish_all(store, Noted{"a", 1});
  REQUIRE(server.survives());
  CHECK(count(store, "SELECT COUNT(*) FROM parked WHERE attempts = 1") == 1);
  store.clock.advance(1h);
  int restarts = 0;
  while (!server.survives()) {
    REQUIRE(++restarts < 10);
    server.restart(true);
  }
  CHECK(deaths == 4);
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters WHERE attempts = 4") == 1);
}

TEST_CASE_METHOD(Fixture, "What fails in careful mode without a crash is parked like any failure") {
  publish_before_start([](Tx& tx) {
    publish(tx, Noted{"a", 1});
    publish(tx, Noted{"b", 1});
    publish(tx, Noted{"a", 2});
  });
  failures_left = 1;
  server.start(true);
  REQUIRE(server.survives());
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 2);
  CHECK(count(store, "SELECT SUM(attempts) FROM parked") == 1);
  CHECK(count(store, "SELECT SUM(crashes) FROM parked") == 0);
  CHECK(effects(store, "innocent", "a").empty());
  CHECK(effects(store, "innocent", "b") == Numbers{1});
  CHECK(effects(store, "killer", "a") == Numbers{1, 2});
  store.clock.advance(1h);
  REQUIRE(server.survives());
  CHECK(effects(store, "innocent", "a") == Numbers{1, 2});
}

TEST_CASE_METHOD(Fixture, "In careful mode each message is counted in a commit before it runs, and then alone") {
  publish_before_start([](Tx& tx) {
    for (int i = 0; i < 3; ++i) publish(tx, Noted{"a", i});
  });
  std::vector<std::string> seen;
  server.run.emplace(store);
  for (const auto* name : {"one", "two"}) {
    server.run->bus.subscribe<Noted>(name, [&, name](Tx& tx, const Noted& note) -> Result<void> {
      const auto counted = store->read([&](Snapshot& snapshot) {  // what a crash would leave behind
        return snapshot.list<std::string>("SELECT consumer FROM parked WHERE crashes = 1");
      });
      seen.push_back(counted == std::vector<std::string>{name} ? "alone" : "not alone");
      add_effect(tx, name, note);
      return {};
    });
  }
  server.run->start(true);
  REQUIRE(server.survives());
  CHECK(seen == std::vector<std::string>(6, "alone"));
  CHECK(effects(store, "one", "a") == Numbers{0, 1, 2});
  CHECK(effects(store, "two", "a") == Numbers{0, 1, 2});
}

TEST_CASE_METHOD(Fixture, "The bus is careful until the last consumer has passed what the log held at the start") {
  publish_before_start([](Tx& tx) {
    for (int i = 0; i < 3; ++i) publish(tx, Noted{"a", i});
  });
  server.run.emplace(store);
  std::vector<bool> careful;
  for (const auto* name : {"one", "two"}) {
    server.run->bus.subscribe<Noted>(name, [&](Tx&, const Noted&) -> Result<void> {
      careful.push_back(server.run->bus.is_careful());
      return {};
    });
  }
  server.run->start(true);
  REQUIRE(server.survives());
  CHECK(careful == std::vector<bool>(6, true));
  CHECK_FALSE(server.run->bus.is_careful());
  server.restart(false);
  CHECK_FALSE(server.run->bus.is_careful());
}

TEST_CASE_METHOD(Fixture, "A clean start takes back the crashes that were counted") {
  server.start();
  failures_left = 1;
  publish_all(store, Noted{"a", 1});
  REQUIRE(server.survives());
  change(store, "UPDATE parked SET crashes = 2");
  server.restart(false);
  REQUIRE(server.survives());
  CHECK(count(store, "SELECT SUM(crashes) FROM parked") == 0);
}

TEST_CASE("A run that never came to its end is told by its mark") {
  TestDatabase store{GENERATE(from_range(engines()))};
  CHECK_FALSE(bus::begin_run(*store));
  CHECK(bus::begin_run(*store));
  bus::end_run(*store);
  CHECK_FALSE(bus::begin_run(*store));
}
