// Sagas whose process ends: between any two passes, in the middle of any, again and again.
#include "fixture.hpp"

using namespace guerdon;
using namespace guerdon::saga;
using namespace guerdon::test;
using Lines = std::vector<std::string>;

namespace {

void restart_after(Sagaland& land, int passes, bool refused, bool in_the_middle) {
  INFO("after " << passes << " passes, refused: " << refused << ", in the middle of one: " << in_the_middle);
  land.begin_anew();
  if (refused) land.script("apply guide", {Act::refuses});
  const auto saga = land.start("Ada");
  for (int i = 0; i < passes; ++i) land.step();
  // The script is used up by a refusal that is never committed.
  if (in_the_middle && land.record(saga).state == SagaState::running && !refused) land.step_in_vain();
  land.restart();
  land.settle();
  const auto record = land.record(saga);
  if (refused) {
    CHECK(record.state == SagaState::failed);
    CHECK(land.committed == Lines{"apply flight", "apply hotel", "undo hotel", "undo flight"});
    CHECK(land.rows().empty());
  } else {
    CHECK(record.state == SagaState::succeeded);
    CHECK(land.committed == Lines{"apply flight", "apply hotel", "apply guide"});
    CHECK(land.rows().size() == 3);
  }
  CHECK(land.ends.size() == 1);
}

}  // namespace

TEST_CASE("after a restart between any two passes a saga goes on where it was") {
  Sagaland land{GENERATE(from_range(engines()))};
  for (int passes = 0; passes < 14; ++passes)
    for (const bool refused : {false, true})
      for (const bool in_the_middle : {false, true}) restart_after(land, passes, refused, in_the_middle);
}

TEST_CASE("a step that kills the process each time is found, and its saga undone") {
  Sagaland land{GENERATE(from_range(engines()))};
  land.script("apply guide", std::vector<Act>(20, Act::killed));
  const auto saga = land.start("Ada");
  land.settle();
  const auto record = land.record(saga);
  CHECK(record.state == SagaState::failed);
  CHECK(record.steps[2].attempts == 3);
  CHECK(record.steps[2].error == "the server ended during the attempt");
  CHECK(land.rows().empty());
  CHECK(land.ends == Lines{"Ada stays, guide: step-failed"});
}

TEST_CASE("a step during which somebody else kills the process once or twice succeeds") {
  Sagaland land{GENERATE(from_range(engines()))};
  land.script("apply wave", {Act::killed, Act::killed});
  const auto saga = land.greet("Ada");
  land.settle();
  CHECK(land.record(saga).state == SagaState::succeeded);
  CHECK(land.record(saga).steps[0].attempts == 3);
}

TEST_CASE("an undo that kills the process is tried until it does not, with pauses") {
  Sagaland land{GENERATE(from_range(engines()))};
  land.script("apply guide", {Act::refuses});
  land.script("undo hotel", std::vector<Act>(7, Act::killed));
  const auto begin = land.store.clock.now();
  const auto saga = land.start("Ada");
  land.settle();
  CHECK(land.record(saga).state == SagaState::failed);
  CHECK(land.rows().empty());
  CHECK(land.store.clock.now() > begin);
}
