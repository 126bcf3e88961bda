// The page of metrics as text.
#include "telemetry/sheet.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "telemetry/histogram.hpp"

namespace guerdon::telemetry {
namespace {

TEST_CASE("A sheet writes each family once, with its help and its kind") {
  Sheet sheet;
  sheet.gauge("b_bytes", "How much.", 12, {});
  sheet.counter("a_things_total", "How many.", 1, {{"kind", "x"}});
  sheet.counter("a_things_total", "How many.", 2, {{"kind", "y"}});
  CHECK(sheet.text() ==
        "# HELP a_things_total How many.\n"
        "# TYPE a_things_total counter\n"
        "a_things_total{kind=\"x\"} 1\n"
        "a_things_total{kind=\"y\"} 2\n"
        "# HELP b_bytes How much.\n"
        "# TYPE b_bytes gauge\n"
        "b_bytes 12\n");
}

TEST_CASE("A label's value can't break out of its line") {
  Sheet sheet;
  sheet.gauge("a", "Help.", 1, {{"kind", "x\"} 2\nb 3"}});
  CHECK(sheet.text() == "# HELP a Help.\n# TYPE a gauge\na{kind=\"x\\\"} 2\\nb 3\"} 1\n");
}

TEST_CASE("A histogram's buckets add up, and the last one holds everything") {
  Histogram<2> histogram{{10, 20}};
  for (const int value : {1, 10, 11, 20, 21}) histogram.note(value);
  Sheet sheet;
  sheet.histogram("a_seconds", "Help.", histogram.read(10), {});
  CHECK(sheet.text() ==
        "# HELP a_seconds Help.\n"
        "# TYPE a_seconds histogram\n"
        "a_seconds_count 5\n"
        "a_seconds_sum 6.3\n"
        "a_seconds_bucket{le=\"1\"} 2\n"
        "a_seconds_bucket{le=\"2\"} 4\n"
        "a_seconds_bucket{le=\"+Inf\"} 5\n");
}

TEST_CASE("A name of two kinds is a mistake, also where sheets are merged") {
  Sheet sheet, other;
  sheet.gauge("a", "Help.", 1, {});
  other.counter("a", "Help.", 1, {});
  CHECK_THROWS_AS(sheet.counter("a", "Help.", 1, {}), std::logic_error);
  CHECK_THROWS_AS(sheet.merge(other), std::logic_error);
}

TEST_CASE("What a sheet takes over stays where it was") {
  Sheet sheet, other;
  sheet.gauge("a", "Help.", 1, {{"of", "one"}});
  other.gauge("a", "Help.", 2, {{"of", "other"}});
  sheet.merge(other);
  CHECK(sheet.text() == "# HELP a Help.\n# TYPE a gauge\na{of=\"one\"} 1\na{of=\"other\"} 2\n");
  CHECK(other.text() == "# HELP a Help.\n# TYPE a gauge\na{of=\"other\"} 2\n");
}

}  // namespace
}  // namespace guerdon::telemetry
