// The Nth operation of the store fails, for every N until nothing is left to fail: effects stay exactly once, in order.
#include <catch2/catch.hpp>

#include "support/bus_notes.hpp"
#include "support/nth_fault.hpp"
#include "support/test_bus.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  NthFault faults;
  TestDatabase store{GENERATE(from_range(engines())), Schema::migrated, options()};
  std::optional<TestBus> run;

  store::DatabaseOptions options() {
    store::DatabaseOptions options;
    options.faults = &faults;
    options.connections = 3;  // enough to get into one another's way, and soon made anew
    options.on_fatal = [](int, const std::string&) {};
    return options;
  }

  Fixture() {
    make_effects(store);
    start(false);
  }

  void start(bool unclean) {
    run.emplace(store);
    run->bus.subscribe<Noted>("first", [](Tx& tx, const Noted& note) -> Result<void> {
      add_effect(tx, "first", note);
      publish(tx, Other{note.subject});
      return {};
    });
    run->bus.subscribe<Other>("second", [](Tx& tx, const Other& other) -> Result<void> {
      const auto last = tx.get<std::int64_t>(
          "SELECT COUNT(*) FROM test_effects WHERE consumer = 'second' AND subject = $1", other.subject);
      add_effect(tx, "second", {other.subject, last + 1});
      return {};
    });
    run->start(unclean);
  }

  /// True when the messages are known to be committed; when nobody can know, they are asked for.
  bool publish_three(const std::string& subject) {
    try {
      publish_all(store, Noted{subject, 1}, Noted{subject, 2}, Noted{subject, 3});
      return true;
    } catch (const StoreError&) {
      return false;
    }
  }
  bool is_published(const std::string& subject) {
    return store->read([&](Snapshot& snapshot) {
      return snapshot
          .find<std::int64_t>("SELECT position FROM outbox WHERE topic = 'test.notes' AND key = $1 LIMIT 1", subject)
          .has_value();
    });
  }
  void check_effects(const std::string& subject) {
    store->read([&](Snapshot& snapshot) {
      CHECK(effects(snapshot, "first", subject) == Numbers{1, 2, 3});
      CHECK(effects(snapshot, "second", subject) == Numbers{1, 2, 3});
    });
  }
};

constexpr auto check_log =
    "SELECT COUNT(*) FROM outbox_head h WHERE h.next - 1 <> (SELECT COUNT(*) FROM outbox o WHERE o.partition = "
    "h.partition) OR h.next - 1 <> (SELECT COALESCE(MAX(position), 0) FROM outbox o WHERE o.partition = h.partition)";

}  // namespace

TEST_CASE_METHOD(Fixture,
                 "Whichever statement or commit fails, effects are exactly once and no attempt is lost to it") {
  using What = NthFault::What;
  const auto [what, kind] =
      GENERATE(table<What, StoreError::Kind>({{What::statement, StoreError::Kind::broken},
                                              {What::statement, StoreError::Kind::storage_full},
                                              {What::statement, StoreError::Kind::unavailable},
                                              {What::commit_refused, StoreError::Kind::storage_full}}));
  REQUIRE(run->settle());
  int n = 1;
  for (bool struck = true; struck; ++n) {
    const auto subject = "n" + std::to_string(n);
    faults.arm(what, n, kind);
    if (!publish_three(subject)) REQUIRE(publish_three(subject));
    REQUIRE(run->settle());
    struck = !faults.armed();
    faults.disarm();
    check_effects(subject);
  }
  CHECK(n > (what == What::statement ? 15 : 3));
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 0);
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters") == 0);
  CHECK(count(store, check_log) == 0);
}

TEST_CASE_METHOD(Fixture, "After a commit of unknown outcome and a restart, effects are exactly once") {
  using What = NthFault::What;
  const auto what = GENERATE(What::commit_lost, What::commit_unconfirmed);
  REQUIRE(run->settle());
  int n = 1;
  for (bool struck = true; struck; ++n) {
    const auto subject = "n" + std::to_string(n);
    faults.arm(what, n);
    const bool is_known = publish_three(subject);
    while (faults.armed() && !run->runner.settle(20ms)) {
    }
    struck = !faults.armed();
    faults.disarm();
    run.reset();
    store.reopen();
    start(true);
    if (!is_known && !is_published(subject)) REQUIRE(publish_three(subject));
    REQUIRE(run->settle());
    check_effects(subject);
  }
  CHECK(n > 3);
  CHECK(count(store, "SELECT COUNT(*) FROM parked") == 0);
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters") == 0);
  CHECK(count(store, check_log) == 0);
}

TEST_CASE_METHOD(Fixture, "A message that breaks the store's statements again and again is to blame in the end") {
  run.reset();
  run.emplace(store);
  std::atomic<int> calls{0};
  run->bus.subscribe<Noted>("first",
                            [&](Tx& tx, const Noted& note) -> Result<void> {
                              if (note.number == 2) {
                                ++calls;
                                throw StoreError(StoreError::Kind::broken, "division by zero");
                              }
                              add_effect(tx, "first", note);
                              return {};
                            },
                            {.max_attempts = 1});
  run->start();
  REQUIRE(publish_three("a"));
  REQUIRE(run->settle());
  CHECK(effects(store, "first", "a") == Numbers{1, 3});
  CHECK(calls == 3);
  CHECK(count(store, "SELECT COUNT(*) FROM dead_letters") == 1);
}
