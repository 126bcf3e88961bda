// Local dates and the first instants of days, where clocks do what they do.
#include "guerdon/time.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;
using std::chrono::days;
using std::chrono::milliseconds;

namespace {

TimeZone zone(std::string_view name) {
  const auto found = TimeZone::find(name);
  REQUIRE(found);
  return *found;
}

std::string start(std::string_view name, std::string_view date) {
  return to_rfc3339(zone(name).start_of_day(*parse_date(date)));
}

std::string local(std::string_view name, std::string_view instant) {
  return to_text(zone(name).local_date(*parse_rfc3339(instant)));
}

}  // namespace

TEST_CASE("A zone that does not exist is not found") {
  for (const std::string_view name :
       {"", "Nowhere/Land", "asia/seoul", "Asia/Seoul ", "Asia", "../etc/passwd", "/etc/localtime", "localtime",
        "+09:00", "posix/Asia/Seoul", "right/Asia/Seoul", "zone.tab", "tzdata.zi", "leapseconds"}) {
    CAPTURE(name);
    CHECK_FALSE(TimeZone::find(name));
  }
}

TEST_CASE("A zone keeps its name and equals itself only") {
  CHECK(zone("Asia/Seoul").name() == "Asia/Seoul");
  CHECK(zone("Asia/Seoul") == zone("Asia/Seoul"));
  CHECK_FALSE(zone("Asia/Seoul") == zone("Asia/Tokyo"));
  CHECK(TimeZone{}.name() == "UTC");
  CHECK(TimeZone{} == zone("UTC"));
  CHECK(zone("Etc/UTC").name() == "Etc/UTC");
}

TEST_CASE("Days in UTC begin at midnight") {
  CHECK(start("UTC", "2026-11-20") == "2026-11-20T00:00:00.000Z");
  CHECK(local("UTC", "2026-11-20T23:59:59.999Z") == "2026-11-20");
  CHECK(to_text(TimeZone{}.local_date(Instant{milliseconds{-1}})) == "1969-12-31");
}

TEST_CASE("Seoul is nine hours ahead all year") {
  CHECK(start("Asia/Seoul", "2026-11-21") == "2026-11-20T15:00:00.000Z");
  CHECK(local("Asia/Seoul", "2026-11-20T14:59:59.999Z") == "2026-11-20");
  CHECK(local("Asia/Seoul", "2026-11-20T15:00:00Z") == "2026-11-21");
  CHECK(local("Asia/Kathmandu", "2026-11-20T18:15:00Z") == "2026-11-21");
  CHECK(local("Asia/Kathmandu", "2026-11-20T18:14:59.999Z") == "2026-11-20");
}

TEST_CASE("The leap day is a day") {
  CHECK(start("Asia/Seoul", "2024-02-29") == "2024-02-28T15:00:00.000Z");
  CHECK(local("Asia/Seoul", "2024-02-29T14:59:59Z") == "2024-02-29");
  CHECK(local("Asia/Seoul", "2024-02-29T15:00:00Z") == "2024-03-01");
  CHECK(local("America/New_York", "2024-02-29T04:59:59Z") == "2024-02-28");
  CHECK(local("America/New_York", "2024-03-01T04:59:59Z") == "2024-02-29");
}

TEST_CASE("The day on which New York puts its clocks forward has 23 hours") {
  CHECK(start("America/New_York", "2026-03-08") == "2026-03-08T05:00:00.000Z");
  CHECK(start("America/New_York", "2026-03-09") == "2026-03-09T04:00:00.000Z");
  CHECK(local("America/New_York", "2026-03-09T03:59:59.999Z") == "2026-03-08");
}

TEST_CASE("The day on which New York puts its clocks back has 25 hours") {
  CHECK(start("America/New_York", "2026-11-01") == "2026-11-01T04:00:00.000Z");
  CHECK(start("America/New_York", "2026-11-02") == "2026-11-02T05:00:00.000Z");
  CHECK(local("America/New_York", "2026-11-02T04:59:59.999Z") == "2026-11-01");
}

TEST_CASE("Lord Howe Island moves its clocks by half an hour") {
  CHECK(start("Australia/Lord_Howe", "2026-04-05") == "2026-04-04T13:00:00.000Z");
  CHECK(start("Australia/Lord_Howe", "2026-04-06") == "2026-04-05T13:30:00.000Z");
  CHECK(start("Australia/Lord_Howe", "2026-10-04") == "2026-10-03T13:30:00.000Z");
  CHECK(start("Australia/Lord_Howe", "2026-10-05") == "2026-10-04T13:00:00.000Z");
}

TEST_CASE("A day whose midnight is skipped begins when the clock has jumped") {
  CHECK(start("America/Sao_Paulo", "2018-11-04") == "2018-11-04T03:00:00.000Z");
  CHECK(local("America/Sao_Paulo", "2018-11-04T02:59:59.999Z") == "2018-11-03");
  CHECK(local("America/Sao_Paulo", "2018-11-04T03:00:00Z") == "2018-11-04");
  CHECK(start("America/Sao_Paulo", "2018-11-05") == "2018-11-05T02:00:00.000Z");
  CHECK(start("America/Havana", "2026-03-08") == "2026-03-08T05:00:00.000Z");
}

TEST_CASE("A day whose last hour is lived twice ends after the second time") {
  CHECK(start("America/Sao_Paulo", "2018-02-17") == "2018-02-17T02:00:00.000Z");
  CHECK(start("America/Sao_Paulo", "2018-02-18") == "2018-02-18T03:00:00.000Z");
  CHECK(local("America/Sao_Paulo", "2018-02-18T02:30:00Z") == "2018-02-17");
}

TEST_CASE("A day whose midnight comes twice begins at the first") {
  CHECK(start("America/St_Johns", "2010-11-07") == "2010-11-07T02:30:00.000Z");
  CHECK(local("America/St_Johns", "2010-11-07T02:30:30Z") == "2010-11-07");
  CHECK(local("America/St_Johns", "2010-11-07T02:31:00Z") == "2010-11-06");
  CHECK(local("America/St_Johns", "2010-11-07T03:30:00Z") == "2010-11-07");
}

TEST_CASE("A day that Samoa never had is empty") {
  CHECK(start("Pacific/Apia", "2011-12-29") == "2011-12-29T10:00:00.000Z");
  CHECK(start("Pacific/Apia", "2011-12-30") == "2011-12-30T10:00:00.000Z");
  CHECK(start("Pacific/Apia", "2011-12-31") == "2011-12-30T10:00:00.000Z");
  CHECK(start("Pacific/Apia", "2012-01-01") == "2011-12-31T10:00:00.000Z");
  CHECK(local("Pacific/Apia", "2011-12-30T09:59:59.999Z") == "2011-12-29");
  CHECK(local("Pacific/Apia", "2011-12-30T10:00:00Z") == "2011-12-31");
}

TEST_CASE("In every zone a day begins where the local date turns") {
  for (const std::string_view name :
       {"UTC", "Asia/Seoul", "America/New_York", "Europe/London", "Europe/Dublin", "Australia/Lord_Howe", "Asia/Tehran",
        "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Africa/Casablanca", "Pacific/Chatham", "Asia/Kolkata",
        "Africa/Cairo", "America/Asuncion"}) {
    const auto here = zone(name);
    CAPTURE(name);
    const Date first = std::chrono::year{2012} / 1 / 1;
    for (Date date = first; date < first + days{365 * 25}; date += days{1}) {
      const auto begin = here.start_of_day(date);
      CAPTURE(to_text(date));
      REQUIRE(here.local_date(begin) == date);
      REQUIRE(here.local_date(begin - milliseconds{1}) == date - days{1});
      REQUIRE(begin < here.start_of_day(date + days{1}));
    }
  }
}
