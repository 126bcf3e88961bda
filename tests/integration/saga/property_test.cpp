// Whatever steps do and whenever the process ends: every saga ends, and leaves everything or nothing.
#include <fmt/format.h>

#include <random>

#include "fixture.hpp"

using namespace guerdon;
using namespace guerdon::saga;
using namespace guerdon::test;

namespace {

Act random_act(std::mt19937& random, bool undoing) {
  const auto dice = std::uniform_int_distribution<int>(0, 99)(random);
  if (dice < 60) return Act::succeeds;
  if (dice < 72) return Act::throws;
  if (dice < 78) return undoing ? Act::refuses : Act::violates;
  if (dice < 84) return Act::store_fails;
  if (dice < 92) return Act::killed;
  return Act::refuses;
}

void script(Sagaland& land, std::mt19937& random) {
  for (const auto& step : journey_steps) {
    for (int i = 0; i < 6; ++i) {
      land.script("apply " + step, {random_act(random, false)});
      land.script("undo " + step, {random_act(random, true)});
    }
  }
  land.hook_failures = std::uniform_int_distribution<int>(0, 2)(random);
}

void run(Sagaland& land, unsigned seed) {
  CAPTURE(seed);
  std::mt19937 random{seed};
  land.begin_anew();
  script(land, random);
  std::map<std::string, SagaId> sagas;
  for (const char* traveller : {"Ada", "Ben", "Cy"}) {
    sagas[traveller] = land.start(traveller);
    for (int i = std::uniform_int_distribution<int>(0, 5)(random); i > 0; --i) land.step();
  }
  for (int passes = 0; land.step(); ++passes) {
    REQUIRE(passes < 2000);
    if (std::uniform_int_distribution<int>(0, 9)(random) == 0) land.restart();
  }
  std::size_t rows = 0;
  for (const auto& [traveller, saga] : sagas) {
    const auto record = land.record(saga);
    REQUIRE((record.state == SagaState::succeeded || record.state == SagaState::failed));
    if (record.state == SagaState::succeeded) rows += journey_steps.size();
    for (const auto& step : journey_steps) {
      const auto all = land.rows();
      const bool left = std::ranges::count(all, fmt::format("{}:{}", traveller, step)) == 1;
      CHECK(left == (record.state == SagaState::succeeded));
    }
  }
  CHECK(land.rows().size() == rows);
  CHECK(land.ends.size() == sagas.size());
}

}  // namespace

TEST_CASE("random trouble never leaves a saga half done") {
  Sagaland embedded{Engine::sqlite};
  for (unsigned seed = 1; seed <= 60; ++seed) run(embedded, seed);
  if (engines().size() < 2) return;
  Sagaland served{Engine::postgres};
  for (unsigned seed = 61; seed <= 80; ++seed) run(served, seed);
}
