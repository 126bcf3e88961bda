// What the bus tells operators of its rows.
#include <catch2/catch.hpp>
#include <string>

#include "bus/figures.hpp"
#include "support/bus_notes.hpp"
#include "support/scrape.hpp"
#include "support/test_bus.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/sheet.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

Scrape figures(TestDatabase& store, const TestBus& run) {
  telemetry::MetricsRegistry registry;
  run.bus.add_metrics(registry);
  telemetry::Sheet sheet;
  store->read([&](Snapshot& snapshot) { registry.collect_rows(snapshot, sheet); });
  return Scrape{sheet.text()};
}

std::string of(const char* name, const char* consumer) { return std::string{name} + "{consumer=\"" + consumer + "\"}"; }

Result<void> stand_still(Tx&, const Delivery&) {
  throw StoreError(StoreError::Kind::unavailable, "a fault made by the test");
}

}  // namespace

TEST_CASE("A consumer that stands still is behind by its own messages only, and by the age of the oldest") {
  TestDatabase store{GENERATE(from_range(engines()))};
  TestBus run{store};
  run.bus.add("all", "test.notes", "", stand_still, {});
  run.bus.add("erased", "test.notes", "Erased", stand_still, {});
  run.bus.add("other", "test.other", "", [](Tx&, const Delivery&) -> Result<void> { return {}; }, {});
  run.start();
  for (int i = 0; i < 5; ++i) publish_all(store, Noted{"k" + std::to_string(i), i});
  store.clock.advance(60s);
  publish_all(store, Erased{"a"}, Erased{"b"});
  store.clock.advance(5s);
  const auto page = figures(store, run);
  CHECK(page.get(of("bus_consumer_lag_messages", "all")) == 7);
  CHECK(page.get(of("bus_consumer_lag_seconds", "all")) == 65);
  CHECK(page.get(of("bus_consumer_lag_messages", "erased")) == 2);
  CHECK(page.get(of("bus_consumer_lag_seconds", "erased")) == 5);
  CHECK(page.get(of("bus_consumer_lag_messages", "other")) == 0);
  CHECK(page.get(of("bus_consumer_lag_seconds", "other")) == 0);
}

TEST_CASE("What is parked and what is given up is counted for each consumer, those of older versions included") {
  TestDatabase store{GENERATE(from_range(engines()))};
  {
    TestBus run{store};
    run.bus.add("failing", "test.notes", "", [](Tx&, const Delivery&) -> Result<void> { return problems::internal; },
                {.max_attempts = 2});
    run.bus.add("fine", "test.notes", "", [](Tx&, const Delivery&) -> Result<void> { return {}; }, {});
    run.start();
    publish_all(store, Noted{"a", 1}, Noted{"a", 2}, Noted{"b", 3});
    REQUIRE(run.settle());
    const auto parked = figures(store, run);
    CHECK(parked.get(of("bus_parked_messages", "failing")) == 3);
    CHECK(parked.get(of("bus_parked_messages", "fine")) == 0);
    CHECK(parked.get(of("bus_dead_letters", "failing")) == 0);
    for (int i = 0; i < 6; ++i) REQUIRE(run.advance(10min));
    const auto dead = figures(store, run);
    CHECK(dead.get(of("bus_parked_messages", "failing")) == 0);
    CHECK(dead.get(of("bus_dead_letters", "failing")) == 3);
    CHECK(dead.get(of("bus_dead_letters", "fine")) == 0);
  }
  TestBus newer{store};
  CHECK(figures(store, newer).get(of("bus_dead_letters", "failing")) == 3);
}

TEST_CASE("A figure's work is bounded: it stands still at ten thousand rows") {
  TestDatabase store{GENERATE(from_range(engines()))};
  TestBus run{store};
  run.bus.add("all", "test.notes", "", stand_still, {});
  run.start();
  store
      ->write([](Tx& tx) -> Result<void> {
        for (int i = 0; i < bus::most_counted + 5; ++i) publish(tx, Noted{"k" + std::to_string(i % 40), i});
        return {};
      })
      .value();
  CHECK(figures(store, run).get(of("bus_consumer_lag_messages", "all")) == bus::most_counted);
}
