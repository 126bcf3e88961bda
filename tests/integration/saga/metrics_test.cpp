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

TEST_CASE("a saga that does not end is seen, however many have ended since") {
  Sagaland land{GENERATE(from_range(engines()))};
  land.start("Ada");
  land.store
      ->write([](Tx& tx) -> Result<std::int64_t> {
        return tx.exec(
            Sql{"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= $1)"
                " INSERT INTO saga_sagas (id, type, state, position, data, failures, lost, created_at,"
                " finished_at) SELECT CAST(printf('zzzz%012d', i) AS BLOB), 'journey', 'SUCCEEDED', 3, '{}', 0,"
                " 0, $2, $2 FROM n",
                "INSERT INTO saga_sagas (id, type, state, position, data, failures, lost, created_at,"
                " finished_at) SELECT ('7a7a7a7a-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'journey',"
                " 'SUCCEEDED', 3, '{}'::jsonb, 0, 0, $2, $2 FROM generate_series(1, $1 + 1) AS i"},
            most_counted, tx.now());
      })
      .value();
  land.store.clock.advance(std::chrono::hours{25});
  const auto told = figures(land);
  CHECK_FALSE(told.find("saga_sagas{type=\"journey\",state=\"RUNNING\"}").has_value());
  CHECK(told.get("saga_oldest_unfinished_seconds") == 25 * 3600);
}
