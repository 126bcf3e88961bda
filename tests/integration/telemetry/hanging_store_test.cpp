// A store that hangs holds up no scrape: the page comes from memory, with the rows as they were read last.
#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>

#include "guerdon/metrics.hpp"
#include "integration/telemetry/watched.hpp"
#include "support/eventually.hpp"
#include "support/postgres.hpp"

namespace guerdon::test {
namespace {

using namespace std::chrono_literals;

/// Holds up those who read rows, until it is opened.
class Gate {
 public:
  void shut() { is_shut_ = true; }
  void open() {
    is_shut_ = false;
    is_shut_.notify_all();
  }
  void pass() {
    if (is_shut_) ++held_up_;
    is_shut_.wait(true);
  }
  [[nodiscard]] int held_up() const { return held_up_; }

 private:
  std::atomic<bool> is_shut_{false};
  std::atomic<int> held_up_{0};
};

/// Before the server waits for its readers, however the test ends.
struct OpenedInTheEnd {
  Gate& gate;
  ~OpenedInTheEnd() { gate.open(); }
};

void wait_briefly(Config& config) { config.admin.metrics_wait.value = 20ms; }

bool is_readable(const Scrape& page) { return page.get("telemetry_rows_readable") == 1; }

}  // namespace

TEST_CASE("While a reading hangs what was read before is told with its age, and no second reading begins") {
  std::atomic<int> readings{0};
  Gate gate;
  Watched watched{GENERATE(from_range(engines())), wait_briefly, [&](Platform& platform) {
                    platform.metrics.add_rows([&](Snapshot&, MetricSheet& sheet) {
                      gate.pass();
                      sheet.gauge("test_readings", "How often.", ++readings);
                    });
                  }};
  const OpenedInTheEnd opened{gate};
  REQUIRE(eventually([&] { return is_readable(watched.scrape()); }));
  const auto before = watched.scrape();
  CHECK(before.get("telemetry_rows_age_seconds") == 0);
  const auto known = before.get("test_readings");

  gate.shut();
  watched.server->clock().advance(10s);
  const auto during = watched.scrape();
  CHECK_FALSE(is_readable(during));
  CHECK(during.get("telemetry_rows_age_seconds") == 10);
  CHECK(during.get("test_readings") == known);
  CHECK(during.get("bus_dead_letters{consumer=\"progress.logins\"}") == 0);
  REQUIRE(eventually([&] { return gate.held_up() == 1; }));
  watched.server->register_user("bob");
  watched.server->clock().advance(20s);
  for (int i = 0; i < 3; ++i) {
    const auto later = watched.scrape();
    CHECK_FALSE(is_readable(later));
    CHECK(later.get("telemetry_rows_age_seconds") == 30);
    CHECK(later.get("store_commits_total") > before.get("store_commits_total"));
  }
  CHECK(gate.held_up() == 1);

  gate.open();
  CHECK(eventually([&] {
    const auto after = watched.scrape();
    return is_readable(after) && after.get("telemetry_rows_age_seconds") == 0;
  }));
  CHECK(watched.scrape().get("test_readings") > known);
}

TEST_CASE("A store that hangs from the start leaves a page of what lies in memory") {
  Gate gate;
  Watched watched{Engine::sqlite, wait_briefly, [&](Platform& platform) {
                    platform.metrics.add_rows([&](Snapshot&, MetricSheet&) { gate.pass(); });
                  }};
  const OpenedInTheEnd opened{gate};
  gate.shut();
  const auto page = watched.scrape();
  CHECK_FALSE(is_readable(page));
  CHECK_FALSE(page.find("telemetry_rows_age_seconds").has_value());
  CHECK_FALSE(page.find("saga_oldest_unfinished_seconds").has_value());
  CHECK(page.find("store_commits_total").has_value());
}

TEST_CASE("A server whose store hangs stops all the same once it is let go") {
  Gate gate;
  Watched watched{Engine::sqlite, wait_briefly, [&](Platform& platform) {
                    platform.metrics.add_rows([&](Snapshot&, MetricSheet&) { gate.pass(); });
                  }};
  const OpenedInTheEnd opened{gate};
  gate.shut();
  CHECK_FALSE(is_readable(watched.scrape()));
  REQUIRE(eventually([&] { return gate.held_up() == 1; }));
  gate.open();
  watched.server.reset();
  CHECK(gate.held_up() == 1);
}

TEST_CASE("PostgreSQL that does not answer holds up no scrape") {
  const auto all = engines();
  if (std::ranges::find(all, Engine::postgres) == all.end()) return;
  Watched watched{Engine::postgres, wait_briefly};
  REQUIRE(eventually([&] { return is_readable(watched.scrape()); }));
  const auto url = watched.place.url();
  const auto schema = url.substr(url.rfind("schema=") + 7);
  SideSession side{postgres_url()};
  side.run("BEGIN");
  side.run("LOCK TABLE " + schema + ".dead_letters IN ACCESS EXCLUSIVE MODE");
  watched.server->clock().advance(10s);
  const auto page = watched.scrape();
  CHECK_FALSE(is_readable(page));
  CHECK(page.get("telemetry_rows_age_seconds") == 10);
  CHECK(page.get("bus_dead_letters{consumer=\"progress.logins\"}") == 0);
  CHECK(page.get("store_commits_total") > 0);
  side.run("ROLLBACK");
  CHECK(eventually([&] { return is_readable(watched.scrape()); }));
}

}  // namespace guerdon::test
