// What sagas tell operators.
#include "modules/saga/metrics.hpp"

#include "fixture.hpp"
#include "support/scrape.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/sheet.hpp"

using namespace guerdon;
using namespace guerdon::saga;
using namespace guerdon::test;

namespace {

Scrape figures(Sagaland& land) {
  telemetry::MetricsRegistry registry;
  declare_metrics(registry);
  telemetry::Sheet sheet;
  land.store->read([&](Snapshot& snapshot) { registry.collect_rows(snapshot, sheet); });
  return Scrape{sheet.text()};
}

}  // namespace

TEST_CASE("sagas are counted by type and state, and the oldest that has not ended by its age") {
  Sagaland land{GENERATE(from_range(engines()))};
  CHECK(figures(land).get("saga_oldest_unfinished_seconds") == 0);
  land.script("apply guide", {Act::refuses});
  const auto refused = land.start("Ada");
  land.settle();
  const auto type = land.record(refused).type;
  const auto of = [&](const char* state) { return "saga_sagas{type=\"" + type + "\",state=\"" + state + "\"}"; };
  land.start("Bob");
  land.store.clock.advance(std::chrono::seconds{90});
  const auto under_way = figures(land);
  CHECK(under_way.get(of("FAILED")) == 1);
  CHECK(under_way.get(of("RUNNING")) == 1);
  CHECK(under_way.get("saga_oldest_unfinished_seconds") == 90);
  land.settle();
  const auto ended = figures(land);
  CHECK(ended.get(of("SUCCEEDED")) == 1);
  CHECK_FALSE(ended.find(of("RUNNING")).has_value());
  CHECK(ended.get("saga_oldest_unfinished_seconds") == 0);
}
