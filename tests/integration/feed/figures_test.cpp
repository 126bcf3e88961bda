// How far the feed's readers are behind, as operators see it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "bus/feed_figures.hpp"
#include "integration/feed/site.hpp"
#include "support/scrape.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

const std::string billing = R"({topic="test.notes",reader="billing"})";

void listen_to_operators(Config& config) { config.admin.listen = Endpoint{"127.0.0.1", 0}; }

Scrape after(FeedSite& site, std::chrono::milliseconds time) {
  site.server->advance(time);
  return Scrape::of(site.server->app().admin_port());
}

std::ptrdiff_t readers_told(const Scrape& page) {
  const auto series = page.series();
  return std::ranges::count_if(series,
                               [](const std::string& one) { return one.starts_with("bus_feed_reader_lag_messages{"); });
}

}  // namespace

TEST_CASE("a reader of the feed is behind by what it has not committed, and by the age of the oldest of that") {
  FeedSite site{GENERATE(from_range(engines())), {}, listen_to_operators};
  site.publish_notes(1, 5);  // a millisecond apart
  const auto without = after(site, 0ms);
  CHECK(without.get("bus_feed_readers") == 0);
  CHECK(readers_told(without) == 0);

  REQUIRE(site.commit("billing", site.get(notes_feed + "?limit=2").text("/cursor")).status == 200);
  const auto behind = after(site, 60s);
  CHECK(behind.get("bus_feed_readers") == 1);
  CHECK(behind.get("bus_feed_reader_lag_messages" + billing) == 3);
  CHECK(std::abs(behind.get("bus_feed_reader_lag_seconds" + billing) - 60.002) < 1e-6);

  site.publish_all(Other{"elsewhere"});
  CHECK(after(site, 10s).get("bus_feed_reader_lag_messages" + billing) == 3);
  REQUIRE(site.commit("billing", site.get(notes_feed + "?consumer=billing").text("/cursor")).status == 200);
  const auto done = after(site, 10s);
  CHECK(done.get("bus_feed_reader_lag_messages" + billing) == 0);
  CHECK(done.get("bus_feed_reader_lag_seconds" + billing) == 0);
}

TEST_CASE("only so many readers are told, and none that is forgotten") {
  FeedSite site{GENERATE(from_range(engines())), {}, listen_to_operators};
  site.publish_notes(1, 1);
  const auto cursor = site.get(notes_feed).text("/cursor");
  for (int i = 0; i < 25; ++i) REQUIRE(site.commit("reader-" + std::to_string(100 + i), cursor).status == 200);
  const auto page = after(site, 10s);
  CHECK(page.get("bus_feed_readers") == 25);
  CHECK(readers_told(page) == bus::most_readers_told);
  CHECK(page.find(R"(bus_feed_reader_lag_messages{topic="test.notes",reader="reader-119"})").has_value());
  CHECK_FALSE(page.find(R"(bus_feed_reader_lag_messages{topic="test.notes",reader="reader-120"})").has_value());
  const auto later = after(site, std::chrono::days{31});
  CHECK(later.get("bus_feed_readers") == 0);
  CHECK(readers_told(later) == 0);
}
