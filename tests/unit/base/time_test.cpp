// Instants, dates and durations as text.
#include "guerdon/time.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

Instant at(std::int64_t value) { return Instant{milliseconds{value}}; }

// What the text means, in the one form that is written; "refused" when it means nothing.
std::string canonical(std::string_view text) {
  const auto instant = parse_rfc3339(text);
  return instant ? to_rfc3339(*instant) : "refused";
}

}  // namespace

TEST_CASE("An instant is written in UTC with three digits of a second") {
  CHECK(to_rfc3339(at(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(to_rfc3339(at(1'795'256'130'007)) == "2026-11-21T10:15:30.007Z");
  CHECK(to_rfc3339(at(951'782'400'000)) == "2000-02-29T00:00:00.000Z");
  CHECK(to_rfc3339(at(253'402'300'799'999)) == "9999-12-31T23:59:59.999Z");
  CHECK(to_rfc3339(at(-1)) == "1969-12-31T23:59:59.999Z");
  std::string text = "at ";
  append_rfc3339(text, at(1));
  CHECK(text == "at 1970-01-01T00:00:00.001Z");
}

TEST_CASE("An instant out of range is written as the nearest that has a text") {
  CHECK(to_rfc3339(Instant::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(to_rfc3339(Instant::min()) == "0000-01-01T00:00:00.000Z");
}

TEST_CASE("Times of any offset and fraction are read") {
  CHECK(canonical("2026-11-20T10:15:30Z") == "2026-11-20T10:15:30.000Z");
  CHECK(canonical("2026-11-20T10:15:30.5Z") == "2026-11-20T10:15:30.500Z");
  CHECK(canonical("2026-11-20T10:15:30.123Z") == "2026-11-20T10:15:30.123Z");
  CHECK(canonical("2026-11-20T10:15:30.123456789Z") == "2026-11-20T10:15:30.123Z");
  CHECK(canonical("2026-11-20T10:15:30.9999Z") == "2026-11-20T10:15:30.999Z");
  CHECK(canonical("2026-11-20T10:15:30+09:00") == "2026-11-20T01:15:30.000Z");
  CHECK(canonical("2026-01-01T00:30:00+05:45") == "2025-12-31T18:45:00.000Z");
  CHECK(canonical("2026-12-31T23:59:59.999-00:01") == "2027-01-01T00:00:59.999Z");
  CHECK(canonical("2026-11-20T10:15:30-00:00") == "2026-11-20T10:15:30.000Z");
  CHECK(canonical("2026-11-20T10:15:30-23:59") == "2026-11-21T10:14:30.000Z");
  CHECK(canonical("2024-02-29T12:00:00Z") == "2024-02-29T12:00:00.000Z");
  CHECK(canonical("2000-02-29T12:00:00Z") == "2000-02-29T12:00:00.000Z");
}

TEST_CASE("The years 1970 to 9999 are counted in UTC") {
  CHECK(canonical("1970-01-01T00:00:00Z") == "1970-01-01T00:00:00.000Z");
  CHECK(canonical("1969-12-31T23:00:00-01:00") == "1970-01-01T00:00:00.000Z");
  CHECK(canonical("9999-12-31T23:59:59.999Z") == "9999-12-31T23:59:59.999Z");
  CHECK(canonical("1969-12-31T23:59:59.999Z") == "refused");
  CHECK(canonical("1970-01-01T00:00:00+00:01") == "refused");
  CHECK(canonical("9999-12-31T23:59:59-00:01") == "refused");
  CHECK(canonical("0000-01-01T00:00:00Z") == "refused");
}

TEST_CASE("A text that is not quite RFC 3339 is refused") {
  for (const std::string_view text : {"",
                                      "2026",
                                      "2026-11-20",
                                      "2026-11-20T10:15:30",
                                      "2026-11-20 10:15:30Z",
                                      "2026-11-20t10:15:30Z",
                                      "2026-11-20T10:15:30z",
                                      "2026-11-20T10:15Z",
                                      "2026-11-20T1:15:30Z",
                                      "2026-11-20T24:00:00Z",
                                      "2026-11-20T10:60:00Z",
                                      "2026-11-20T10:15:60Z",
                                      "2016-12-31T23:59:60Z",
                                      "2026-11-20T10:15:30.Z",
                                      "2026-11-20T10:15:30,5Z",
                                      "2026-11-20T10:15:30.1234567890Z",
                                      "2026-11-20T10:15:30+09",
                                      "2026-11-20T10:15:30+0900",
                                      "2026-11-20T10:15:30+24:00",
                                      "2026-11-20T10:15:30+09:60",
                                      "2026-11-20T10:15:30 Z",
                                      "2026-11-20T10:15:30ZZ",
                                      " 2026-11-20T10:15:30Z",
                                      "2026-11-20T10:15:30Z ",
                                      "+2026-11-20T10:15:30Z",
                                      "-2026-11-20T10:15:30Z",
                                      "12026-11-20T10:15:30Z",
                                      "226-11-20T10:15:30Z",
                                      "2026-00-20T10:15:30Z",
                                      "2026-13-20T10:15:30Z",
                                      "2026-11-00T10:15:30Z",
                                      "2026-11-31T10:15:30Z",
                                      "2026-02-29T10:15:30Z",
                                      "2100-02-29T10:15:30Z",
                                      "2026-1a-20T10:15:30Z",
                                      "2026-11-20T10:15:3\xD9\xA3Z",
                                      "2026/11/20T10:15:30Z",
                                      "1795256130"}) {
    CAPTURE(text);
    CHECK(canonical(text) == "refused");
  }
}

TEST_CASE("Every day of four centuries survives its text") {
  const Date first = std::chrono::year{1800} / 1 / 1;
  for (Date date = first; date < first + std::chrono::days{146'097}; date += std::chrono::days{1}) {
    REQUIRE(parse_date(to_text(date)) == date);
  }
}

TEST_CASE("A date that is no date is refused") {
  CHECK(to_text(Date{std::chrono::year{2024} / 2 / 29}) == "2024-02-29");
  CHECK(parse_date("0001-01-01"));
  CHECK(parse_date("9999-12-31"));
  for (const std::string_view text :
       {"", "2026-11", "2026-11-2", "2026-11-200", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-01-00",
        "2026-04-31", "0000-01-01", "20261120", "2026-11-20Z", " 2026-11-20", "-026-11-20", "2026-+1-20"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_date(text));
  }
}

TEST_CASE("Durations are read in the short form") {
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("900s") == 900s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("2h") == 2h);
  CHECK(parse_duration("7d") == 168h);
  CHECK(parse_duration("0s") == 0ms);
  CHECK(parse_duration("36500d") == 876'000h);
}

TEST_CASE("Durations are read in the form of ISO 8601") {
  CHECK(parse_duration("P1D") == 24h);
  CHECK(parse_duration("P2W") == 336h);
  CHECK(parse_duration("PT15M") == 15min);
  CHECK(parse_duration("P1DT2H30M") == 26h + 30min);
  CHECK(parse_duration("PT0.5S") == 500ms);
  CHECK(parse_duration("PT1.25S") == 1250ms);
  CHECK(parse_duration("PT36H") == 36h);
  CHECK(parse_duration("PT0S") == 0ms);
}

TEST_CASE("A duration that is negative or calendrical or malformed or endless is refused") {
  for (const std::string_view text : {"",
                                      "5",
                                      "s",
                                      "-5s",
                                      "+5s",
                                      "5 s",
                                      " 5s",
                                      "5s ",
                                      "1h30m",
                                      "5S",
                                      "5M",
                                      "1.5h",
                                      "5w",
                                      "5us",
                                      "P",
                                      "PT",
                                      "P1",
                                      "1D",
                                      "P1DT",
                                      "PT1D",
                                      "P1H",
                                      "P1Y",
                                      "P1M",
                                      "P-1D",
                                      "-P1D",
                                      "p1d",
                                      "P1D2W",
                                      "P1DP1D",
                                      "P1D1D",
                                      "PT1S1M",
                                      "PT1M1M",
                                      "PT1.5M",
                                      "PT.5S",
                                      "PT1.S",
                                      "PT1.2345S",
                                      "PT1,5S",
                                      "P1T1H",
                                      "36501d",
                                      "P36500DT1S",
                                      "99999999999999999999s",
                                      "9223372036854775807d",
                                      "P9223372036854775807D"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("The system's clock tells a time of this century") {
  const auto now = SystemClock{}.now();
  CHECK(now > *parse_rfc3339("2020-01-01T00:00:00Z"));
  CHECK(now < *parse_rfc3339("2100-01-01T00:00:00Z"));
}
