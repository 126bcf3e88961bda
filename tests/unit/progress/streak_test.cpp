// The rules of consecutive log-ins, on the pure model: what a day is, what breaks a run, what bridges a gap.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "modules/progress/model.hpp"

using namespace guerdon;
using namespace guerdon::progress;

namespace {

Instant at(const char* text) { return parse_rfc3339(text).value(); }
TimeZone zone(const char* name) { return TimeZone::find(name).value(); }

Window always(const char* zone_name) {
  return {.period = {.from = at("2020-01-01T00:00:00Z"), .to = std::nullopt}, .pauses = {}, .zone = zone(zone_name)};
}

Streak fold_of(const StreakRule& rule, const Window& window, std::vector<Instant> logins) {
  std::sort(logins.begin(), logins.end());
  return fold(rule, window, logins);
}

}  // namespace

TEST_CASE("seven log-ins on seven days make a run of seven") {
  std::vector<Instant> logins;
  for (int day = 0; day < 7; ++day) logins.push_back(at("2026-03-01T09:00:00Z") + std::chrono::days{day});
  const auto streak = fold_of({.days = 7}, always("UTC"), logins);
  CHECK(streak.run == 7);
  CHECK(streak.best == 7);
  CHECK(streak.met_at == logins.back());
}

TEST_CASE("seven log-ins in a minute are one day") {
  std::vector<Instant> logins;
  for (int i = 0; i < 7; ++i) logins.push_back(at("2026-03-01T09:00:00Z") + std::chrono::seconds{8 * i});
  const auto streak = fold_of({.days = 7}, always("UTC"), logins);
  CHECK(streak.run == 1);
  CHECK_FALSE(streak.met_at);
}

TEST_CASE("a missed day makes the next log-in the first of a new run") {
  const auto streak = fold_of(
      {.days = 7}, always("UTC"),
      {at("2026-03-01T10:00:00Z"), at("2026-03-02T10:00:00Z"), at("2026-03-03T10:00:00Z"), at("2026-03-05T10:00:00Z")});
  CHECK(streak.run == 1);
  CHECK(streak.best == 3);
}

TEST_CASE("freeze days bridge missed days of one run without counting them") {
  const StreakRule rule{.days = 5, .freeze_days = 2};
  const auto window = always("UTC");
  const auto day = [](int n) { return at("2026-03-01T10:00:00Z") + std::chrono::days{n}; };

  SECTION("as many as there are") {
    const auto streak = fold_of(rule, window, {day(0), day(2), day(4)});
    CHECK(streak.run == 3);
    CHECK(streak.freezes_used == 2);
  }
  SECTION("and not one more") {
    const auto streak = fold_of(rule, window, {day(0), day(2), day(4), day(6)});
    CHECK(streak.run == 3);
    CHECK(streak.freezes_used == 2);
  }
  SECTION("two at once") { CHECK(fold_of(rule, window, {day(0), day(3)}).run == 2); }
  SECTION("three at once are too many") { CHECK(fold_of(rule, window, {day(0), day(4)}).run == 1); }
  SECTION("a new run has all of them again") {
    const auto streak = fold_of(rule, window, {day(0), day(3), day(7), day(10)});
    CHECK(streak.run == 2);
    CHECK(streak.freezes_used == 2);
  }
}

TEST_CASE("a condition once met stays met") {
  const auto streak = fold_of({.days = 2}, always("UTC"),
                              {at("2026-03-01T10:00:00Z"), at("2026-03-02T10:00:00Z"), at("2026-03-09T10:00:00Z")});
  CHECK(streak.run == 1);
  CHECK(streak.met_at == at("2026-03-02T10:00:00Z"));
  CHECK(progress_of(streak, {.days = 2}) == 2);
}

TEST_CASE("the day is the calendar date in the event's zone") {
  // 23:30 and 00:30 in Seoul, an hour apart, are two days; in UTC they are one.
  const std::vector<Instant> logins{at("2026-03-01T14:30:00Z"), at("2026-03-01T15:30:00Z")};
  CHECK(fold_of({.days = 2}, always("Asia/Seoul"), logins).run == 2);
  CHECK(fold_of({.days = 2}, always("UTC"), logins).run == 1);
}

TEST_CASE("days of 23 and of 25 hours are ordinary days") {
  const auto window = always("America/New_York");
  SECTION("clocks go forward on 8 March 2026") {
    CHECK(fold_of({.days = 3}, window,
                  {at("2026-03-07T23:59:00-05:00"), at("2026-03-08T23:59:00-04:00"), at("2026-03-09T00:01:00-04:00")})
              .run == 3);
  }
  SECTION("clocks go back on 1 November 2026: 25 hours apart, still the next day") {
    CHECK(fold_of({.days = 3}, window,
                  {at("2026-10-31T00:10:00-04:00"), at("2026-11-01T00:10:00-04:00"), at("2026-11-02T00:10:00-05:00")})
              .run == 3);
  }
  SECTION("both one o'clocks of the long night are one day") {
    CHECK(fold_of({.days = 3}, window, {at("2026-11-01T01:30:00-04:00"), at("2026-11-01T01:30:00-05:00")}).run == 1);
  }
  SECTION("47 hours apart over the long night, but a day was missed") {
    CHECK(fold_of({.days = 3}, window, {at("2026-10-31T23:30:00-04:00"), at("2026-11-02T00:10:00-05:00")}).run == 1);
  }
  SECTION("half an hour of summer time on Lord Howe Island") {
    CHECK(fold_of({.days = 2}, always("Australia/Lord_Howe"),
                  {at("2026-10-03T23:50:00+10:30"), at("2026-10-04T23:50:00+11:00")})
              .run == 2);
  }
}

TEST_CASE("the 29th of February is a day, and is missed like any other") {
  const auto window = always("UTC");
  CHECK(
      fold_of({.days = 3}, window, {at("2028-02-28T10:00:00Z"), at("2028-02-29T10:00:00Z"), at("2028-03-01T10:00:00Z")})
          .run == 3);
  CHECK(fold_of({.days = 3}, window, {at("2028-02-28T10:00:00Z"), at("2028-03-01T10:00:00Z")}).run == 1);
  CHECK(fold_of({.days = 3}, window, {at("2027-02-28T10:00:00Z"), at("2027-03-01T10:00:00Z")}).run == 2);
}

TEST_CASE("only log-ins inside the window and outside its pauses count") {
  Window window = always("UTC");
  window.period = {.from = at("2026-03-01T12:00:00Z"), .to = at("2026-03-05T12:00:00Z")};
  window.pauses = {{.from = at("2026-03-03T00:00:00Z"), .to = at("2026-03-03T12:00:00Z")}};

  CHECK_FALSE(window.counts(at("2026-03-01T11:59:59.999Z")));
  CHECK(window.counts(at("2026-03-01T12:00:00Z")));
  CHECK_FALSE(window.counts(at("2026-03-03T00:00:00Z")));
  CHECK_FALSE(window.counts(at("2026-03-03T11:59:59Z")));
  CHECK(window.counts(at("2026-03-03T12:00:00Z")));
  CHECK(window.counts(at("2026-03-05T11:59:59.999Z")));
  CHECK_FALSE(window.counts(at("2026-03-05T12:00:00Z")));

  window.pauses.push_back({.from = at("2026-03-04T00:00:00Z"), .to = std::nullopt});
  CHECK_FALSE(window.counts(at("2026-03-05T00:00:00Z")));
}

TEST_CASE("any order and any repetition of the same log-ins gives the same streak") {
  std::mt19937 random{20261121};  // NOLINT: a fixed seed, so that a failure repeats
  const StreakRule rule{.days = 6, .freeze_days = 1};
  const auto window = always("America/New_York");
  for (int round = 0; round < 200; ++round) {
    std::vector<Instant> logins;
    for (int i = 0; i < 25; ++i)
      logins.push_back(at("2026-10-20T04:00:00Z") + std::chrono::minutes{static_cast<int>(random() % (25 * 24 * 60))});
    std::vector<Instant> sorted = logins;
    std::sort(sorted.begin(), sorted.end());
    const auto expected = fold(rule, window, sorted);

    std::vector<Instant> repeated = sorted;
    repeated.insert(repeated.end(), sorted.begin(), sorted.begin() + 10);
    std::sort(repeated.begin(), repeated.end());
    INFO("round " << round);
    CHECK(fold(rule, window, repeated) == expected);

    // Step by step, as they arrive in order, is the same as all at once.
    Streak stepped;
    for (const Instant login : sorted) stepped = advance(stepped, rule, window.zone, login);
    CHECK(stepped == expected);
  }
}

TEST_CASE("a run is lost at the end of the day on which it had to go on") {
  const auto window = always("America/New_York");
  const auto streak = fold_of({.days = 7, .freeze_days = 1}, window, {at("2026-10-31T10:00:00-04:00")});
  CHECK(lost_at(streak, {.days = 7, .freeze_days = 1}, window.zone) == at("2026-11-03T00:00:00-05:00"));
  CHECK(lost_at(streak, {.days = 7}, window.zone) == at("2026-11-02T00:00:00-05:00"));
  CHECK_FALSE(lost_at(Streak{}, {.days = 7}, window.zone));
}
