// Several servers on one database: each attempt is made by one of them, and nobody is taken for dead who lives.
#include <atomic>
#include <deque>
#include <functional>

#include "bus/pump_runner.hpp"
#include "fixture.hpp"
#include "support/result.hpp"

using namespace guerdon;
using namespace guerdon::saga;
using namespace guerdon::test;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

std::vector<Engine> shared_engines() {
  auto engines = test::engines();
  std::erase(engines, Engine::sqlite);
  return engines;
}

struct Trip {
  SagaId saga_id;
};
BOOST_DESCRIBE_STRUCT(Trip, (), (saga_id))

constexpr std::string_view last_step = "guide";

void make_tables(TestDatabase& store) {
  REQUIRE(store->write([](Tx& tx) -> Result<std::int64_t> {
    return tx.exec("CREATE TABLE trips (saga_id uuid, step text, UNIQUE (saga_id, step))");
  }));
}

/// What every server knows: a saga of three steps, each of which leaves a row that there can be once.
void define_trip(Sagas& sagas, const std::function<void(std::string_view step)>& during) {
  std::vector<Step<Trip>> steps;
  for (const auto& name : journey_steps)
    steps.push_back({.name = name,
                     .apply = [name, during](Tx& tx, Trip& trip) -> Result<void> {
                       tx.exec("INSERT INTO trips (saga_id, step) VALUES ($1, $2)", trip.saga_id, name);
                       during(name);
                       return {};
                     },
                     .undo = [name](Tx& tx, Trip& trip) -> Result<void> {
                       tx.exec("DELETE FROM trips WHERE saga_id = $1 AND step = $2", trip.saga_id, name);
                       return {};
                     },
                     .max_attempts = 1});
  sagas.define<Trip>("trip", std::move(steps));
}

/// One server whose passes the test runs, and which does something else in the middle of a step.
struct Server {
  using During = std::function<void(std::string_view step)>;

  Server(
      TestDatabase& of_all, Random& random, const During& during = [](std::string_view) {})
      : store(of_all), engine(pumps, random) {
    define_trip(engine, during);
  }

  /// Nothing is checked here: it may be called in the middle of a step.
  bool pass() {
    PumpResult result;
    store
        ->write([&](Tx& tx) -> Result<void> {
          result = pumps.pass(tx);
          return {};
        })
        .value();
    return result.more;
  }
  SagaId start() {
    return store->write([&](Tx& tx) -> Result<SagaId> { return engine.start(tx, "trip", Trip{}); }).value();
  }
  SagaRecord record(SagaId saga) {
    return store->read([&](Snapshot& snapshot) { return engine.find(snapshot, saga); }).value();
  }
  std::int64_t lost(SagaId saga) {
    return store->read([&](Snapshot& snapshot) {
      return snapshot.get<std::int64_t>("SELECT lost FROM saga_sagas WHERE id = $1", saga);
    });
  }

  TestDatabase& store;
  HandPumps pumps;
  SagaEngine engine;
};

/// Servers with threads and timers of their own.
class Servers {
 public:
  explicit Servers(TestDatabase& store) : store_(store) {
    for (int i = 0; i < 3; ++i) {
      auto& pump = pumps_.emplace_back(*store, store.clock, bus::PumpSettings{.poll = 20ms, .first_retry = 1ms});
      define_trip(engines_.emplace_back(pump, *random_), [this](std::string_view) { ++applied_; });
    }
    for (auto& pump : pumps_) pump.start();
  }
  ~Servers() {
    for (auto& pump : pumps_) (void)pump.stop(30s);
  }
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;

  void start_one() {
    auto& engine = engines_[started_++ % engines_.size()];
    REQUIRE(store_->write([&](Tx& tx) -> Result<SagaId> { return engine.start(tx, "trip", Trip{}); }));
  }
  std::int64_t count(Sql sql) {
    return store_->read([&](Snapshot& snapshot) { return snapshot.get<std::int64_t>(sql); });
  }
  bool wait_for_the_end() {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (count("SELECT count(*) FROM saga_sagas WHERE finished_at IS NULL") > 0) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      for (auto& pump : pumps_) static_cast<void>(pump.settle(5ms));
    }
    return true;
  }
  [[nodiscard]] int applied() const { return applied_; }

 private:
  TestDatabase& store_;
  std::unique_ptr<Random> random_ = system_random();
  std::atomic<int> applied_{0};
  std::size_t started_ = 0;
  std::deque<bus::PumpRunner> pumps_;
  std::deque<SagaEngine> engines_;
};

}  // namespace

TEST_CASE("servers that run at the same time apply each step once, and take nobody for dead") {
  for (const auto engine : shared_engines()) {
    TestDatabase store{engine};
    make_tables(store);
    Servers servers{store};
    constexpr int sagas = 60;
    for (int i = 0; i < sagas; ++i) servers.start_one();
    CHECK(servers.wait_for_the_end());
    CHECK(servers.count("SELECT count(*) FROM saga_sagas WHERE state = 'SUCCEEDED'") == sagas);
    CHECK(servers.count("SELECT count(*) FROM trips") == 3 * sagas);
    CHECK(servers.applied() == 3 * sagas);
    CHECK(servers.count("SELECT count(*) FROM saga_steps WHERE attempts <> 1 OR error IS NOT NULL") == 0);
  }
}

TEST_CASE("an attempt that a server has begun is left alone until its lease is over, and then counts as lost") {
  for (const auto engine : shared_engines()) {
    TestDatabase store{engine};
    make_tables(store);
    const auto random = system_random();
    Server first{store, *random}, second{store, *random};
    const auto saga = first.start();
    REQUIRE(first.pass());  // begun, not made
    CHECK_FALSE(second.pass());
    store.clock.advance(30s - 1ms);
    CHECK_FALSE(second.pass());
    CHECK(first.lost(saga) == 0);
    store.clock.advance(1ms);
    REQUIRE(second.pass());
    CHECK(first.lost(saga) == 1);
    CHECK_FALSE(first.pass());  // no longer its own
    store.clock.advance(200ms);
    REQUIRE(second.pass());
    CHECK_FALSE(first.pass());
    while (second.pass()) continue;
    CHECK(first.record(saga).state == SagaState::succeeded);
    CHECK(first.record(saga).steps[0].attempts == 2);
  }
}

TEST_CASE("while a server is in the middle of a step the others find nothing to do, and the end stays an end") {
  for (const auto engine : shared_engines()) {
    store::DatabaseOptions options;
    options.connections = 2;
    TestDatabase store{engine, Schema::migrated, options};
    make_tables(store);
    const auto random = system_random();
    Server other{store, *random};
    int looks = 0, finds = 0;
    // Even though the lease is over: the one at it has the row's lock.
    Server server{store, *random, [&](std::string_view step) {
                    if (step == last_step) store.clock.advance(1min);
                    if (other.pass()) ++finds;
                    ++looks;
                  }};
    const auto saga = server.start();
    while (server.pass()) continue;
    CHECK_FALSE(other.pass());
    CHECK(looks == 3);
    CHECK(finds == 0);
    const auto record = server.record(saga);
    CHECK(record.state == SagaState::succeeded);
    for (const auto& step : record.steps) CHECK(step.attempts == 1);
  }
}

TEST_CASE("a retry of a saga that somebody is at takes nobody for dead") {
  for (const auto engine : shared_engines()) {
    TestDatabase store{engine};
    make_tables(store);
    const auto random = system_random();
    Server first{store, *random}, second{store, *random};
    const auto saga = first.start();
    REQUIRE(first.pass());
    REQUIRE(store->write([&](Tx& tx) -> Result<bool> { return hurry(tx, saga); }).value());
    CHECK_FALSE(second.pass());
    while (first.pass()) continue;
    CHECK(first.record(saga).steps[0].attempts == 1);
  }
}

TEST_CASE("what a server has begun and gives back at its end goes on at once, and was not lost") {
  Sagaland land{GENERATE(from_range(test::engines()))};
  const auto saga = land.start("Ada");
  const auto begin = land.store.clock.now();
  for (int i = 0; i < 5; ++i) {  // more often than an attempt may be lost
    REQUIRE(land.step());
    land.give_back();
    land.restart();
  }
  land.settle();
  CHECK(land.record(saga).state == SagaState::succeeded);
  CHECK_FALSE(land.record(saga).steps[0].error);
  CHECK(land.store.clock.now() == begin);
}

TEST_CASE("what has ended can't be written over") {
  Sagaland land{GENERATE(from_range(test::engines()))};
  const auto saga = land.start("Ada");
  SagaRow row;
  row.id = saga;
  row.type = "journey";
  row.data = json::object{};
  land.settle();
  const auto write = [&](auto change) {
    (void)land.store->write([&](Tx& tx) -> Result<void> {
      change(tx);
      return {};
    });
  };
  CHECK_THROWS_AS(write([&](Tx& tx) { update_saga(tx, row); }), std::logic_error);
  CHECK_THROWS_AS(write([&](Tx& tx) { finish_saga(tx, row, SagaState::failed, {}); }), std::logic_error);
  CHECK(land.record(saga).state == SagaState::succeeded);
}
