#include "fixture.hpp"

#include <stdexcept>
#include <utility>

namespace guerdon::saga {
namespace {

constexpr Problem fully_booked{409, "fully-booked"};

void leave_row(Tx& tx, SagaId saga, std::string_view traveller, std::string_view step) {
  tx.exec("INSERT INTO journey_rows (saga_id, traveller, step) VALUES ($1, $2, $3)", saga, traveller, step);
}

/// The processes that end here are made up: nothing has to reach the disk.
store::DatabaseOptions quick() {
  store::DatabaseOptions options;
  options.connections = 1;
  options.full_durability = false;
  return options;
}

}  // namespace

Sagaland::Sagaland(Engine engine) : store(engine, test::Schema::migrated, quick()) {
  store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec({"CREATE TABLE journey_rows (saga_id BLOB, traveller TEXT, step TEXT, UNIQUE (traveller, step)) STRICT",
                 "CREATE TABLE journey_rows (saga_id uuid, traveller text, step text, UNIQUE (traveller, step))"});
        return {};
      })
      .value();
  wire();
}

void Sagaland::wire() {
  reader_ = store->open_reader();
  engine_.reset();
  pumps = std::make_unique<HandPumps>();
  engine_ = std::make_unique<SagaEngine>(*pumps, *random_);
  std::vector<Step<Journey>> steps;
  for (const auto& name : journey_steps) steps.push_back(journey_step(name));
  engine_->define<Journey>(
      "journey", std::move(steps),
      {.on_succeeded = [this](Tx& tx, const Journey& journey) { end(tx, journey.traveller + " travels"); },
       .on_failed =
           [this](Tx& tx, const Journey& journey, const SagaFailure& failure) {
             end(tx, journey.traveller + " stays, " + failure.step + ": " + failure.reason);
           },
       .receipt = [](const Journey& journey) { return Receipt{{"journey_rows", journey.booked}}; }});
  engine_->define<Greeting>("greeting",
                            {{.name = "wave",
                              .apply = [this](Tx& tx, Greeting&) { return act(tx, "apply wave"); },
                              .undo = [](Tx&, Greeting&) -> Result<void> { throw std::logic_error("never applied"); },
                              .max_attempts = 1}});
}

Step<Journey> Sagaland::journey_step(const std::string& name) {
  return {.name = name,
          .apply =
              [this, name](Tx& tx, Journey& journey) {
                leave_row(tx, journey.saga_id, journey.traveller, name);
                ++journey.booked;
                return act(tx, "apply " + name);
              },
          .undo =
              [this, name](Tx& tx, Journey& journey) {
                CHECK(tx.exec("DELETE FROM journey_rows WHERE saga_id = $1 AND step = $2", journey.saga_id, name) == 1);
                --journey.booked;
                return act(tx, "undo " + name);
              },
          .max_attempts = 3};
}

Result<void> Sagaland::act(Tx& tx, const std::string& action) {
  tx.on_commit([this, action] { committed.push_back(action); });
  auto& acts = acts_[action];
  if (acts.empty()) return {};
  const Act act = acts.front();
  acts.pop_front();
  switch (act) {
    case Act::succeeds:
      break;
    case Act::refuses:
      return Error{fully_booked, "no room"}.keeping_effects();
    case Act::throws:
      throw std::runtime_error("a bug");
    case Act::violates:
      leave_row(tx, {}, "twice", "twice");
      leave_row(tx, {}, "twice", "twice");
      break;
    case Act::store_fails:
      throw StoreError{StoreError::Kind::storage_full, "no space left"};
    case Act::killed:
      throw Killed{};
  }
  return {};
}

void Sagaland::end(Tx& tx, const std::string& what) {
  leave_row(tx, {}, what, "end");
  if (hook_failures > 0) {
    --hook_failures;
    throw std::runtime_error("a bug in a hook");
  }
  tx.on_commit([this, what] { ends.push_back(what); });
}

SagaId Sagaland::start(const std::string& traveller, std::optional<UserId> user) {
  return store
      ->write([&](Tx& tx) -> Result<SagaId> {
        return engine_->start(tx, "journey", Journey{.saga_id = {}, .traveller = traveller}, user);
      })
      .value();
}

SagaId Sagaland::greet(const std::string& name) {
  return store->write([&](Tx& tx) -> Result<SagaId> { return engine_->start(tx, "greeting", Greeting{.name = name}); })
      .value();
}

bool Sagaland::pass(bool commit) {
  PumpResult result;
  try {
    (void)store->write([&](Tx& tx) -> Result<void> {
      result = pumps->pass(tx);
      if (commit) return {};
      return Error{problems::internal};
    });
  } catch (const StoreError&) {
    return true;  // the pump comes back
  } catch (const Killed&) {
    restart();
    return true;
  }
  if (!result.more && result.next_at) store.clock.set(std::max(store.clock.now(), *result.next_at));
  return result.more || result.next_at.has_value();
}

bool Sagaland::step() {
  const bool more = pass(true);
  for (const auto& violation : violations()) FAIL_CHECK(violation);
  return more;
}

void Sagaland::step_in_vain() { pass(false); }

void Sagaland::settle() {
  for (int passes = 0; step(); ++passes) REQUIRE(passes < 1000);
}

void Sagaland::begin_anew() {
  store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec("DELETE FROM journey_rows");
        tx.exec("DELETE FROM saga_steps");
        tx.exec("DELETE FROM saga_sagas");
        return {};
      })
      .value();
  acts_.clear();
  committed.clear();
  ends.clear();
  hook_failures = 0;
}

void Sagaland::restart() {
  reader_.reset();
  store.reopen();
  wire();
}

SagaRecord Sagaland::record(SagaId saga) {
  return read([&](Snapshot& snapshot) { return engine_->find(snapshot, saga); }).value();
}

std::optional<SagaId> Sagaland::unfinished(std::string_view type, UserId user) {
  return read([&](Snapshot& snapshot) { return engine_->find_unfinished(snapshot, type, user); });
}

std::vector<std::string> Sagaland::rows() {
  return read([](Snapshot& snapshot) {
    return snapshot.list<std::string>(
        "SELECT traveller || ':' || step FROM journey_rows WHERE step <> 'end' ORDER BY 1");
  });
}

std::vector<std::string> Sagaland::violations() {
  return read([](Snapshot& snapshot) {
    std::vector<std::string> found;
    for (const auto& invariant : invariants()) {
      for (const auto& line : invariant.violations(snapshot)) found.push_back(std::string{invariant.rule} + " " + line);
    }
    return found;
  });
}

}  // namespace guerdon::saga
