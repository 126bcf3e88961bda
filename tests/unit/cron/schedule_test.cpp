// Cron expressions: what is taken, what is refused and in which words, and when they come.
#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

#include "guerdon/cron.hpp"
#include "support/paths.hpp"

using namespace guerdon;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

CronSchedule schedule(std::string_view text) {
  auto parsed = CronSchedule::parse(text);
  if (!parsed) FAIL(text << ": " << parsed.error().detail);
  return *std::move(parsed);
}

std::string refusal(std::string_view text) {
  const auto parsed = CronSchedule::parse(text);
  return parsed ? "taken" : parsed.error().detail;
}

TimeZone zone(std::string_view name) { return TimeZone::find(name).value(); }

/// The next ones after an instant.
Texts coming(std::string_view text, std::string_view after, int count, std::string_view zone_name = "UTC") {
  Texts times;
  auto at = parse_rfc3339(after).value();
  for (int i = 0; i < count; ++i) {
    at = schedule(text).next(at, zone(zone_name)).value();
    times.push_back(to_rfc3339(at).substr(0, 16));
  }
  return times;
}

/// A line of schedules.txt; times are minutes since `begin`.
struct Golden {
  std::string zone, expression;
  Instant begin, end;
  std::vector<int> times;
};

/// "5 10*3 7": the first, then distances.
std::vector<int> expanded(const std::string& text) {
  std::vector<int> times;
  if (text == "none") return times;
  std::istringstream words{text};
  for (std::string word; words >> word;) {
    const auto star = word.find('*');
    const int repeats = star == word.npos ? 1 : std::stoi(word.substr(star + 1));
    for (int i = 0; i < repeats; ++i) times.push_back((times.empty() ? 0 : times.back()) + std::stoi(word));
  }
  return times;
}

std::vector<Golden> golden_schedules() {
  std::ifstream file{std::string{GUERDON_SOURCE_DIR} + "/tests/unit/cron/schedules.txt"};
  std::vector<Golden> all;
  for (std::string line; std::getline(file, line);) {
    Texts parts;
    for (std::size_t bar = 0; bar != line.npos;) {
      bar = line.find(" | ");
      parts.push_back(line.substr(0, bar));
      if (bar != line.npos) line.erase(0, bar + 3);
    }
    REQUIRE(parts.size() == 5);
    all.push_back(
        {parts[0], parts[3], parse_rfc3339(parts[1]).value(), parse_rfc3339(parts[2]).value(), expanded(parts[4])});
  }
  return all;
}

}  // namespace

TEST_CASE("Schedules come when an independent computation says, months with changes of the clocks included") {
  const auto all = golden_schedules();
  REQUIRE(all.size() == 270);
  for (const auto& golden : all) {
    INFO(golden.zone << " from " << to_rfc3339(golden.begin) << ": " << golden.expression);
    const auto parsed = schedule(golden.expression);
    const auto in = zone(golden.zone);
    std::vector<int> times;
    for (auto at = parsed.next(golden.begin - 1ms, in); at && *at < golden.end; at = parsed.next(*at, in)) {
      times.push_back(static_cast<int>((*at - golden.begin) / 1min));
      REQUIRE(parsed.next(*at - 1ms, in) == at);
    }
    CHECK(times == golden.times);
  }
}

TEST_CASE("A local time that is skipped comes once, when the clocks have jumped") {
  // In New York the clocks go from 02:00 to 03:00 on 8 March 2026, at 07:00 in UTC.
  CHECK(coming("30 2 * * *", "2026-03-07T12:00:00Z", 2, "America/New_York") ==
        Texts{"2026-03-08T07:00", "2026-03-09T06:30"});
  CHECK(coming("*/20 * * * *", "2026-03-08T06:39:00Z", 3, "America/New_York") ==
        Texts{"2026-03-08T06:40", "2026-03-08T07:00", "2026-03-08T07:20"});
  // On Lord Howe they go by half an hour only.
  CHECK(coming("15 2 * * *", "2026-10-03T12:00:00Z", 2, "Australia/Lord_Howe") ==
        Texts{"2026-10-03T15:30", "2026-10-04T15:15"});
}

TEST_CASE("A local time that is doubled comes once, the first time") {
  // In New York the clocks go from 02:00 back to 01:00 on 1 November 2026, at 06:00 in UTC.
  CHECK(coming("30 1 * * *", "2026-10-31T12:00:00Z", 2, "America/New_York") ==
        Texts{"2026-11-01T05:30", "2026-11-02T06:30"});
  CHECK(coming("30 1 * * *", "2026-11-01T06:00:00Z", 1, "America/New_York") == Texts{"2026-11-02T06:30"});
  CHECK(coming("*/30 * * * *", "2026-11-01T05:00:00Z", 3, "America/New_York") ==
        Texts{"2026-11-01T05:30", "2026-11-01T07:00", "2026-11-01T07:30"});
}

TEST_CASE("A schedule comes after an instant, never at it") {
  CHECK(coming("0 12 * * *", "2026-03-02T12:00:00Z", 1) == Texts{"2026-03-03T12:00"});
  CHECK(coming("0 12 * * *", "2026-03-02T11:59:59.999Z", 1) == Texts{"2026-03-02T12:00"});
  CHECK(coming("* * * * *", "2026-12-31T23:59:30Z", 2) == Texts{"2027-01-01T00:00", "2027-01-01T00:01"});
}

TEST_CASE("Rare days are found, and days that never come are refused") {
  CHECK(coming("0 0 29 2 *", "2026-03-01T00:00:00Z", 2) == Texts{"2028-02-29T00:00", "2032-02-29T00:00"});
  CHECK(coming("0 0 29 FEB */6", "2026-03-01T00:00:00Z", 2) == Texts{"2032-02-29T00:00", "2048-02-29T00:00"});
  CHECK(coming("0 0 31 2 MON", "2026-01-31T00:00:00Z", 1) == Texts{"2026-02-02T00:00"});  // the Mondays do come
  CHECK(refusal("0 0 31 2 *") == "day of month: none of the months has such a day");
  CHECK(refusal("0 0 31 4,6,SEP,11 *") == "day of month: none of the months has such a day");
}

TEST_CASE("Either of two restricted days is enough, and a star does not restrict") {
  CHECK(coming("0 0 13 * FRI", "2026-03-10T00:00:00Z", 3) ==
        Texts{"2026-03-13T00:00", "2026-03-20T00:00", "2026-03-27T00:00"});
  CHECK(coming("0 0 15 * FRI", "2026-03-10T00:00:00Z", 3) ==
        Texts{"2026-03-13T00:00", "2026-03-15T00:00", "2026-03-20T00:00"});
  CHECK(coming("0 0 */15 * FRI", "2026-03-10T00:00:00Z", 2) == Texts{"2026-05-01T00:00", "2026-07-31T00:00"});
}

TEST_CASE("Sunday is 0 and 7, and a range may end on it") {
  const auto sundays = coming("0 0 * * 0", "2026-03-02T00:00:00Z", 3);
  CHECK(sundays == Texts{"2026-03-08T00:00", "2026-03-15T00:00", "2026-03-22T00:00"});
  for (const auto* const text : {"0 0 * * 7", "0 0 * * SUN", "0 0 * * sun", "0 0 * * 0-0", "0 0 * * 7-7", "@weekly"})
    CHECK(coming(text, "2026-03-02T00:00:00Z", 3) == sundays);
  CHECK(coming("0 0 * * SAT-SUN", "2026-03-02T00:00:00Z", 3) ==
        Texts{"2026-03-07T00:00", "2026-03-08T00:00", "2026-03-14T00:00"});
  CHECK(coming("0 0 * * SUN-MON", "2026-03-02T00:00:00Z", 2) == Texts{"2026-03-08T00:00", "2026-03-09T00:00"});
}

TEST_CASE("A schedule is shown as it was written") {
  CHECK(schedule("  0\t0  * * mon ").text() == "0 0 * * mon");
  CHECK(schedule("@daily").text() == "@daily");
  CHECK(schedule("@midnight").next(Instant{}, TimeZone{}) == schedule("0 0 * * *").next(Instant{}, TimeZone{}));
  CHECK(schedule("@annually").next(Instant{}, TimeZone{}) == schedule("0 0 1 1 *").next(Instant{}, TimeZone{}));
}

TEST_CASE("An empty schedule is off and never comes") {
  CHECK(schedule("").is_off());
  CHECK(schedule("  ").is_off());
  CHECK(CronSchedule{}.is_off());
  CHECK_FALSE(schedule("@daily").is_off());
  CHECK_FALSE(schedule("").next(Instant{}, TimeZone{}));
}

TEST_CASE("What is wrong with an expression is said with its field and the rule") {
  CHECK(refusal("0 0 * *") == "must have five fields: minute, hour, day of month, month, day of week");
  CHECK(refusal("0 0 0 * * *") == "must have five fields: minute, hour, day of month, month, day of week");
  CHECK(refusal("60 0 * * *") == "minute: '60' must be a number from 0 to 59");
  CHECK(refusal("0 24 * * *") == "hour: '24' must be a number from 0 to 23");
  CHECK(refusal("0 0 0 * *") == "day of month: '0' must be a number from 1 to 31");
  CHECK(refusal("0 0 1 13 *") == "month: '13' must be a number from 1 to 12 or a name such as JAN");
  CHECK(refusal("0 0 1 JANUARY *") == "month: 'JANUARY' must be a number from 1 to 12 or a name such as JAN");
  CHECK(refusal("0 0 * * 8") == "day of week: '8' must be a number from 0 to 7 or a name such as SUN");
  CHECK(refusal("0 0 * MON *") == "month: 'MON' must be a number from 1 to 12 or a name such as JAN");
  CHECK(refusal("30-10 0 * * *") == "minute: '30-10' must not run backwards: write it as two ranges");
  CHECK(refusal("*/0 * * * *") == "minute: '*/0' must have a step from 1 to 59");
  CHECK(refusal("*/90 * * * *") == "minute: '*/90' must have a step from 1 to 59");
  CHECK(refusal("0 */ * * *") == "hour: '*/' must have a step from 1 to 23");
  CHECK(refusal("5/10 * * * *") == "minute: '5/10' must have a range or a star before its step");
  CHECK(refusal("1, * * * *") == "minute: '' must be a number from 0 to 59");
  CHECK(refusal("-5 * * * *") == "minute: '' must be a number from 0 to 59");
  CHECK(refusal("1-2-3 * * * *") == "minute: '2-3' must be a number from 0 to 59");
  CHECK(refusal("+5 * * * *") == "minute: '+5' must be a number from 0 to 59");
  CHECK(refusal("99999999999 * * * *") == "minute: '99999999999' must be a number from 0 to 59");
  CHECK(refusal("? * * * *") == "minute: '?' must be a number from 0 to 59");
  CHECK(refusal("@reboot").starts_with("must be one of @hourly"));
  CHECK(refusal("@daily 5").starts_with("must be one of @hourly"));
  CHECK(refusal("0 0 * *\n*") == "must be of printable ASCII characters");
  CHECK(refusal("0 0 * * \xc3\xa4") == "must be of printable ASCII characters");
  CHECK(refusal(std::string(201, '1')) == "must be at most 200 characters");
}
