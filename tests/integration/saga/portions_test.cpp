// A step that does its work in several transactions: one attempt, whose portions commit with the State; what a failed
// one had done is undone first.
#include <functional>
#include <stdexcept>

#include "fixture.hpp"
#include "support/result.hpp"

using namespace guerdon;
using namespace guerdon::saga;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

constexpr Problem too_steep{409, "too-steep"};
constexpr int top = 4;

struct Climb {
  SagaId saga_id;
  int height = 0;
};
BOOST_DESCRIBE_STRUCT(Climb, (), (saga_id, height))

void make_tables(TestDatabase& store) {
  REQUIRE(store->write([](Tx& tx) -> Result<std::int64_t> {
    return tx.exec({"CREATE TABLE climbs (saga_id BLOB, height INTEGER, UNIQUE (saga_id, height)) STRICT",
                    "CREATE TABLE climbs (saga_id uuid, height integer, UNIQUE (saga_id, height))"});
  }));
}

/// One server that knows a saga of one step: up to the top, a row and a transaction each metre.
struct Climber {
  using At = std::function<Result<void>(int height)>;

  explicit Climber(TestDatabase& of_all, const At& at = [](int) { return Result<void>{}; }) : store(of_all) {
    Step<Climb> rope{
        .name = "rope",
        .apply = [at](Tx& tx, Climb& climb) -> Result<Work> {
          tx.exec("INSERT INTO climbs (saga_id, height) VALUES ($1, $2)", climb.saga_id, ++climb.height);
          if (const auto held = at(climb.height); !held) return held.error();
          return climb.height < top ? Work::more : Work::done;
        },
        .undo = [](Tx& tx, Climb& climb) -> Result<Work> {
          CHECK(tx.exec("DELETE FROM climbs WHERE saga_id = $1 AND height = $2", climb.saga_id, climb.height) == 1);
          return --climb.height > 0 ? Work::more : Work::done;
        },
        .max_attempts = 3};
    engine.define<Climb>("climb", {std::move(rope)},
                         {.on_succeeded = {}, .on_failed = {}, .receipt = [](const Climb& climb) {
                            return Receipt{{"climbs", climb.height}};
                          }});
  }

  SagaId start() {
    return store->write([&](Tx& tx) -> Result<SagaId> { return engine.start(tx, "climb", Climb{}); }).value();
  }
  PumpResult pass() {
    return store->write([&](Tx& tx) -> Result<PumpResult> { return pumps.pass(tx); }).value();
  }
  /// Until nothing is left to be done; the clock is moved to when the next pass is due.
  void settle() {
    for (int passes = 0;; ++passes) {
      REQUIRE(passes < 200);
      const auto result = pass();
      if (result.more) continue;
      if (!result.next_at) return;
      store.clock.set(std::max(store.clock.now(), *result.next_at));
    }
  }
  SagaRecord record(SagaId saga) {
    return store->read([&](Snapshot& snapshot) { return engine.find(snapshot, saga); }).value();
  }
  std::int64_t rows() {
    return store->read([](Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT count(*) FROM climbs"); });
  }
  std::int64_t out_of_step() {
    return store->read([](Snapshot& snapshot) {
      std::int64_t lines = 0;
      for (const auto& invariant : invariants())
        lines += static_cast<std::int64_t>(invariant.violations(snapshot).size());
      return lines;
    });
  }

  TestDatabase& store;
  std::unique_ptr<Random> random = system_random();
  HandPumps pumps;
  SagaEngine engine{pumps, *random};
};

}  // namespace

TEST_CASE("a step in portions commits each with its State, and is one attempt") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_tables(store);
  Climber climber{store};
  const auto saga = climber.start();
  CHECK(climber.pass().more);  // begun
  for (int height = 1; height <= top; ++height) {
    CHECK(climber.record(saga).state == SagaState::running);
    CHECK(climber.record(saga).steps[0].state == StepState::pending);
    CHECK(climber.pass().more);
    CHECK(climber.rows() == height);
    CHECK(climber.out_of_step() == 0);
  }
  CHECK(climber.record(saga).state == SagaState::succeeded);
  CHECK(climber.record(saga).steps[0].attempts == 1);
  CHECK(climber.record(saga).receipt == Receipt{{"climbs", top}});
}

TEST_CASE("a step that is refused after some portions has them undone, portion by portion, and counts as failed") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_tables(store);
  const int refused_at = GENERATE(range(1, top + 1));
  Climber climber{store, [refused_at](int height) -> Result<void> {
                    if (height == refused_at) return Error{too_steep, "here"};
                    return {};
                  }};
  const auto saga = climber.start();
  for (int i = 0; i <= refused_at; ++i) CHECK(climber.pass().more);
  CHECK(climber.rows() == refused_at - 1);
  CHECK(climber.out_of_step() == 0);
  climber.settle();
  const auto record = climber.record(saga);
  CHECK(record.state == SagaState::failed);
  CHECK(record.steps[0].state == StepState::failed);
  CHECK(record.steps[0].attempts == (refused_at == 1 ? 1 : 2));
  CHECK(record.steps[0].error == "too-steep: here");
  CHECK(climber.rows() == 0);
  CHECK(climber.out_of_step() == 0);
}

TEST_CASE("a portion that is done forgives the failures before it") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_tables(store);
  std::map<int, int> failures;
  Climber climber{store, [&failures](int height) -> Result<void> {
                    if (failures[height]++ < 2) throw std::runtime_error("a stone");
                    return {};
                  }};
  const auto saga = climber.start();
  climber.settle();
  CHECK(climber.record(saga).state == SagaState::succeeded);
  CHECK(climber.record(saga).steps[0].attempts == 1 + 2 * top);
  CHECK(climber.rows() == top);
}

TEST_CASE("a server that stops between portions gives the rest to others") {
  TestDatabase store{GENERATE(from_range(engines()))};
  make_tables(store);
  Climber first{store};
  Climber second{store};
  const auto saga = first.start();
  for (int i = 0; i < 3; ++i) CHECK(first.pass().more);
  CHECK(first.rows() == 2);
  first.engine.give_back(*store);
  second.settle();
  CHECK(second.record(saga).state == SagaState::succeeded);
  CHECK(second.record(saga).receipt == Receipt{{"climbs", top}});
  CHECK_FALSE(second.record(saga).steps[0].error);
}

TEST_CASE("each portion takes a new lease, and a server that is lost between two has its place taken") {
  for (const auto engine : engines()) {
    if (engine == Engine::sqlite) continue;  // where there are no other servers
    TestDatabase store{engine};
    make_tables(store);
    Climber first{store};
    Climber second{store};
    const auto saga = first.start();
    CHECK(first.pass().more);
    for (int height = 1; height < top; ++height) {
      store.clock.advance(20s);
      CHECK_FALSE(second.pass().more);
      CHECK(first.pass().more);
    }
    CHECK(first.rows() == top - 1);
    CHECK(first.record(saga).steps[0].attempts == 1);
    store.clock.advance(31s);
    second.settle();
    CHECK(second.record(saga).state == SagaState::succeeded);
    CHECK(second.record(saga).steps[0].attempts == 2);
    CHECK(second.rows() == top);
    CHECK(second.record(saga).receipt == Receipt{{"climbs", top}});
  }
}
