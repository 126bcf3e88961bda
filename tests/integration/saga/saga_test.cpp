// What a saga does when its steps succeed, refuse and fail.
#include "fixture.hpp"

using namespace guerdon;
using namespace guerdon::saga;
using namespace guerdon::test;
using Lines = std::vector<std::string>;

namespace {

std::vector<StepState> states(const SagaRecord& record) {
  std::vector<StepState> result;
  for (const auto& step : record.steps) result.push_back(step.state);
  return result;
}

using enum StepState;

}  // namespace

TEST_CASE("a saga applies its steps in order, and says so at its end") {
  Sagaland land{GENERATE(from_range(engines()))};
  const UserId user{Uuid{{1, 2, 3}}};
  const auto saga = land.start("Ada", user);
  CHECK(land.pumps->woken == 1);
  CHECK(land.unfinished("journey", user) == saga);
  CHECK(land.unfinished("greeting", user) == std::nullopt);
  land.settle();
  CHECK(land.committed == Lines{"apply flight", "apply hotel", "apply guide"});
  CHECK(land.rows() == Lines{"Ada:flight", "Ada:guide", "Ada:hotel"});
  CHECK(land.ends == Lines{"Ada travels"});
  CHECK(land.unfinished("journey", user) == std::nullopt);
  const auto record = land.record(saga);
  CHECK(record.id == saga);
  CHECK(record.type == "journey");
  CHECK(record.state == SagaState::succeeded);
  CHECK(record.user_id == user);
  CHECK(record.receipt == Receipt{{"journey_rows", 3}});
  CHECK(record.finished_at == land.store.clock.now());
  REQUIRE(record.steps.size() == 3);
  CHECK(record.steps[1].name == "hotel");
  CHECK(states(record) == std::vector{applied, applied, applied});
  CHECK(record.steps[1].attempts == 1);
  CHECK_FALSE(record.steps[1].error);
  CHECK(record.steps[1].finished_at == land.store.clock.now());
}

TEST_CASE("a saga that was not committed is not started") {
  Sagaland land{GENERATE(from_range(engines()))};
  CHECK_FALSE(land.step());
  CHECK(land.pumps->woken == 0);
}

TEST_CASE("a refusal undoes what was applied, in reverse, and leaves nothing of its own") {
  Sagaland land{GENERATE(from_range(engines()))};
  const std::size_t refused = GENERATE(0U, 1U, 2U);
  land.script("apply " + journey_steps[refused], {Act::refuses});
  const auto saga = land.start("Ada");
  land.settle();
  Lines expected;
  for (std::size_t i = 0; i < refused; ++i) expected.push_back("apply " + journey_steps[i]);
  for (std::size_t i = refused; i-- > 0;) expected.push_back("undo " + journey_steps[i]);
  CHECK(land.committed == expected);
  CHECK(land.rows().empty());
  CHECK(land.ends == Lines{"Ada stays, " + journey_steps[refused] + ": fully-booked"});
  const auto record = land.record(saga);
  CHECK(record.state == SagaState::failed);
  CHECK(record.receipt.empty());
  std::vector<StepState> expected_states{undone, undone, undone};
  expected_states[refused] = failed;
  for (std::size_t i = refused + 1; i < 3; ++i) expected_states[i] = pending;
  CHECK(states(record) == expected_states);
  CHECK(record.steps[refused].attempts == 1);
  CHECK(record.steps[refused].error == "fully-booked: no room");
}

TEST_CASE("a step that throws is tried again, later and later") {
  Sagaland land{GENERATE(from_range(engines()))};
  const auto act = GENERATE(Act::throws, Act::violates);
  land.script("apply hotel", {act, act});
  const auto saga = land.start("Ada");
  const auto begin = land.store.clock.now();
  land.settle();
  CHECK(land.store.clock.now() > begin);
  CHECK(land.store.clock.now() <= begin + std::chrono::milliseconds{200 + 400});
  const auto record = land.record(saga);
  CHECK(record.state == SagaState::succeeded);
  CHECK(record.steps[1].attempts == 3);
  CHECK(record.steps[1].error);
  CHECK(land.rows().size() == 3);
}

TEST_CASE("a step that throws at every attempt turns the saga round") {
  Sagaland land{GENERATE(from_range(engines()))};
  land.script("apply guide", {Act::throws, Act::throws, Act::throws});
  const auto saga = land.start("Ada");
  land.settle();
  CHECK(land.record(saga).state == SagaState::failed);
  CHECK(land.record(saga).steps[2].attempts == 3);
  CHECK(land.rows().empty());
  CHECK(land.ends == Lines{"Ada stays, guide: step-failed"});
  CHECK(land.record(saga).steps[2].error == "a bug");
}

TEST_CASE("undoing is tried until it is done, whatever it says") {
  Sagaland land{GENERATE(from_range(engines()))};
  land.script("apply guide", {Act::refuses});
  std::vector<Act> long_trouble(12, Act::throws);
  long_trouble.push_back(Act::refuses);
  land.script("undo hotel", long_trouble);
  const auto saga = land.start("Ada");
  land.settle();
  CHECK(land.committed == Lines{"apply flight", "apply hotel", "undo hotel", "undo flight"});
  CHECK(land.rows().empty());
  CHECK(land.record(saga).state == SagaState::failed);
  CHECK(land.record(saga).steps[1].attempts == 1 + 14);
}

TEST_CASE("a failure of the whole store costs a step no attempt") {
  Sagaland land{GENERATE(from_range(engines()))};
  land.script("apply wave", {Act::store_fails, Act::store_fails, Act::store_fails, Act::store_fails});
  const auto saga = land.greet("Ada");
  const auto begin = land.store.clock.now();
  land.settle();
  CHECK(land.record(saga).state == SagaState::succeeded);
  CHECK(land.record(saga).steps[0].attempts == 1);
  CHECK(land.store.clock.now() == begin);
}

TEST_CASE("a hook that fails is tried again, and its end is told once") {
  Sagaland land{GENERATE(from_range(engines()))};
  const bool good = GENERATE(true, false);
  if (!good) land.script("apply flight", {Act::refuses});
  land.hook_failures = 5;
  const auto saga = land.start("Ada");
  land.settle();
  CHECK(land.record(saga).state == (good ? SagaState::succeeded : SagaState::failed));
  CHECK(land.ends.size() == 1);
  CHECK(land.rows().size() == (good ? 3 : 0));
}

TEST_CASE("sagas take turns, and one in trouble holds up no other") {
  Sagaland land{GENERATE(from_range(engines()))};
  land.script("apply hotel", {Act::throws});
  const auto ada = land.start("Ada");
  for (int i = 0; i < 4; ++i) land.step();
  REQUIRE(land.record(ada).steps[1].error == "a bug");
  const auto ben = land.start("Ben");
  const auto hello = land.greet("Cy");
  land.settle();
  CHECK(land.record(ada).state == SagaState::succeeded);
  CHECK(land.record(ben).state == SagaState::succeeded);
  CHECK(land.record(hello).state == SagaState::succeeded);
  CHECK(land.rows().size() == 6);
  CHECK(land.ends.front() == "Ben travels");
}

TEST_CASE("one saga is undone while another goes through") {
  Sagaland land{GENERATE(from_range(engines()))};
  const auto ada = land.start("Ada");
  const auto ben = land.start("Ben");
  land.script("apply guide", {Act::refuses});
  land.settle();
  CHECK(land.record(ada).state != land.record(ben).state);
  CHECK(land.rows().size() == 3);
  CHECK(land.ends.size() == 2);
}

TEST_CASE("a saga that this server does not know waits, with the reason") {
  Sagaland land{GENERATE(from_range(engines()))};
  const auto saga = land.start("Ada");
  const auto rename = [&](std::string_view from, std::string_view to) {
    land.store
        ->write([&](Tx& tx) -> Result<void> {
          tx.exec("UPDATE saga_sagas SET type = $2 WHERE type = $1", from, to);
          return {};
        })
        .value();
  };
  rename("journey", "odyssey");
  for (int i = 0; i < 40; ++i) land.step();
  CHECK(land.record(saga).state == SagaState::running);
  CHECK(land.record(saga).steps[0].attempts == 0);
  CHECK_THAT(land.record(saga).steps[0].error.value(), Catch::Contains("does not know"));
  rename("odyssey", "journey");
  land.settle();
  CHECK(land.record(saga).state == SagaState::succeeded);
}

TEST_CASE("a saga is defined with steps, each named once, and started by a name that is known") {
  HandPumps pumps;
  const auto random = system_random();
  SagaEngine engine{pumps, *random};
  const auto nothing = [](Tx&, Greeting&) -> Result<void> { return {}; };
  const Step<Greeting> step{.name = "wave", .apply = nothing, .undo = nothing};
  CHECK_THROWS_AS(engine.define<Greeting>("empty", {}), std::logic_error);
  CHECK_THROWS_AS(engine.define<Greeting>("twice", {step, step}), std::logic_error);
  CHECK_THROWS_AS(engine.define<Greeting>("nameless", {{.name = "", .apply = nothing, .undo = nothing}}),
                  std::logic_error);
  CHECK_THROWS_AS(engine.define<Greeting>("one way", {{.name = "wave", .apply = nothing, .undo = {}}}),
                  std::logic_error);
  engine.define<Greeting>("greeting", {step});
  CHECK_THROWS_AS(engine.define<Greeting>("greeting", {step}), std::logic_error);
  TestDatabase store{Engine::sqlite};
  const auto start = [&] {
    (void)store->write([&](Tx& tx) -> Result<SagaId> { return engine.start(tx, "farewell", Greeting{}); });
  };
  CHECK_THROWS_AS(start(), std::logic_error);
}

TEST_CASE("the questions about sagas find what must not be") {
  Sagaland land{GENERATE(from_range(engines()))};
  (void)land.start("Ada");
  const Sql damage = GENERATE(
      Sql{"UPDATE saga_sagas SET state = 'SUCCEEDED'"}, Sql{"UPDATE saga_sagas SET state = 'FAILED'"},
      Sql{"UPDATE saga_sagas SET next_at = NULL"}, Sql{"UPDATE saga_steps SET state = 'APPLIED' WHERE position = 1"},
      Sql{"UPDATE saga_sagas SET position = 2"});
  CHECK(land.violations().empty());
  land.store
      ->write([&](Tx& tx) -> Result<void> {
        tx.exec(damage);
        return {};
      })
      .value();
  CHECK_FALSE(land.violations().empty());
}
