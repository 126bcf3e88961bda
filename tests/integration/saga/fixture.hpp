// Sagas on a database of their own, driven by hand: the test says when a pass runs, what a step does, when the process
// dies. Two sagas: a journey of three steps over rows in a table, and a greeting of one.
#pragma once

#include <catch2/catch.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "modules/saga/saga_engine.hpp"
#include "saga/module.hpp"
#include "support/databases.hpp"

namespace guerdon::saga {

struct Journey {
  SagaId saga_id;
  std::string traveller;
  int booked = 0;
};
BOOST_DESCRIBE_STRUCT(Journey, (), (saga_id, traveller, booked))

struct Greeting {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Greeting, (), (name))

/// What an attempt at a step does. `killed` ends the process in the middle of it.
enum class Act { succeeds, refuses, throws, violates, store_fails, killed };

struct Killed {};  // no std::exception: nobody may catch it

/// Keeps the one pump for the test to run.
class HandPumps final : public Pumps {
 public:
  void add(std::string name, std::function<PumpResult(Tx&)> pass) override {
    REQUIRE(name == SagaEngine::pump);
    pass_ = std::move(pass);
  }
  void wake(std::string_view name) override {
    REQUIRE(name == SagaEngine::pump);
    ++woken;
  }
  PumpResult pass(Tx& tx) { return pass_(tx); }

  int woken = 0;

 private:
  std::function<PumpResult(Tx&)> pass_;
};

class Sagaland {
 public:
  explicit Sagaland(Engine engine);

  /// The next attempts at "apply hotel" or "undo hotel"; afterwards they succeed.
  void script(const std::string& action, const std::vector<Act>& acts) {
    for (const auto act : acts) acts_[action].push_back(act);
  }

  SagaId start(const std::string& traveller, std::optional<UserId> user = std::nullopt);
  SagaId greet(const std::string& name);

  /// One pass, and the clock is moved to when the next one is due. False when nothing is left to be done.
  bool step();
  /// Until nothing is left to be done.
  void settle();
  /// The process ends without a word and a new one begins.
  void restart();
  /// What a process does that ends properly.
  void give_back() { engine_->give_back(*store); }
  /// Forgets every saga and script, as if it had just been made: making one takes long on PostgreSQL.
  void begin_anew();
  /// A pass that runs and is never committed.
  void step_in_vain();

  SagaRecord record(SagaId saga);
  std::optional<SagaId> unfinished(std::string_view type, UserId user);
  /// Rows that the journey left, as "traveller:step".
  std::vector<std::string> rows();
  /// One line for every violation of what must always hold.
  std::vector<std::string> violations();

  test::TestDatabase store;
  std::unique_ptr<HandPumps> pumps;
  std::vector<std::string> committed;  // "apply hotel", in the order of their commits
  std::vector<std::string> ends;       // what the hooks were told
  int hook_failures = 0;               // how often the hooks throw

 private:
  void wire();
  Step<Journey> journey_step(const std::string& name);
  Result<void> act(Tx& tx, const std::string& action);
  void end(Tx& tx, const std::string& what);
  bool pass(bool commit);
  template <class F>
  auto read(F fn) {
    std::optional<std::invoke_result_t<F&, Snapshot&>> result;
    reader_->run([&](Snapshot& snapshot) { result.emplace(fn(snapshot)); }, 0);
    return *std::move(result);
  }

  std::map<std::string, std::deque<Act>> acts_;
  std::unique_ptr<Random> random_ = system_random();
  std::unique_ptr<SagaEngine> engine_;
  std::unique_ptr<Reader> reader_;
};

inline const std::vector<std::string> journey_steps{"flight", "hotel", "guide"};

}  // namespace guerdon::saga
