// Who can wait shares the writer's core as well: between commands with patience it lets others go first.
#include <array>
#include <catch2/catch.hpp>

#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/one_core.hpp"
#include "support/sync_gate.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

constexpr int groups = 20;

/// In how many of the groups, of three commands that were each interrupted, the writer stopped for others between them.
int groups_with_pauses(Database& database, std::chrono::milliseconds patience) {
  int count = 0;
  for (int i = 0; i < groups; ++i) {
    std::array<std::int64_t, 3> begun{}, ended{};
    std::array<std::future<void>, 3> commands;
    queue_behind(database, [&] {
      for (std::size_t c = 0; c < commands.size(); ++c) {
        const auto run = [&begun, &ended, c](Tx&) {
          ended[c] = begun[c] = interruptions();
          while (ended[c] == begun[c]) ended[c] = interruptions();
          return true;
        };
        commands[c] = submit(database, run, Lane::request, patience);
      }
    });
    for (auto& command : commands) CHECK_FALSE(failure_of(command));
    if (begun[1] > ended[0] && begun[2] > ended[1]) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("between commands that have patience the writer lets others go first, between others it goes on") {
  const OneCore core;
  TestDatabase store{Engine::sqlite};
  const Rival passing{200us};
  const Rival waiting{0us, ask_for_short_turns};
  const auto patient = groups_with_pauses(*store, 10ms);
  CHECK(patient >= groups / 4);  // others don't always wait
  CHECK(groups_with_pauses(*store, 0ms) < patient);
}
