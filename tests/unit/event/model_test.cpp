// The rules of events on the pure model: states, days of a period, parameters of conditions.
#include "modules/event/model.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

using namespace guerdon;
using namespace guerdon::event;

namespace {

Instant at(const char* text) { return parse_rfc3339(text).value(); }
Period period(const char* start, const char* end, const char* zone = "UTC") {
  return {at(start), end != nullptr ? std::optional{at(end)} : std::nullopt, TimeZone::find(zone).value()};
}
std::vector<Fault> faults_of(const char* parameters, const Period& in, std::string_view type = "CONSECUTIVE_LOGIN") {
  auto object = json::parse(parameters).as_object();
  return condition_faults(type, object, in);
}

}  // namespace

TEST_CASE("the state follows from the active flag, the period and the time") {
  const auto march = period("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z");
  CHECK(state_of(false, false, march, at("2026-03-10T00:00:00Z")) == EventState::draft);
  CHECK(state_of(false, true, march, at("2026-03-10T00:00:00Z")) == EventState::paused);
  CHECK(state_of(true, true, march, at("2026-02-28T23:59:59.999Z")) == EventState::scheduled);
  CHECK(state_of(true, true, march, at("2026-03-01T00:00:00Z")) == EventState::running);
  CHECK(state_of(true, true, march, at("2026-03-31T23:59:59.999Z")) == EventState::running);
  CHECK(state_of(true, true, march, at("2026-04-01T00:00:00Z")) == EventState::ended);
  CHECK(state_of(true, true, period("2026-03-01T00:00:00Z", nullptr), at("2099-01-01T00:00:00Z")) ==
        EventState::running);
}

TEST_CASE("a period has as many days as its zone's calendar says") {
  CHECK(days_in(period("2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z")) == 7);
  CHECK(days_in(period("2026-03-01T12:00:00Z", "2026-03-08T12:00:00Z")) == 8);
  CHECK(days_in(period("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "Asia/Seoul")) == 2);
  CHECK(days_in(period("2028-02-28T00:00:00Z", "2028-03-02T00:00:00Z")) == 3);
  CHECK_FALSE(days_in(period("2026-03-01T00:00:00Z", nullptr)));
}

TEST_CASE("good parameters come back complete") {
  auto object = json::parse(R"({"days": 7})").as_object();
  CHECK(condition_faults("CONSECUTIVE_LOGIN", object, period("2026-03-01T00:00:00Z", nullptr)).empty());
  CHECK(object == json::parse(R"({"days": 7, "freezeDays": 0, "source": "LOGIN"})").as_object());
}

TEST_CASE("every fault of the parameters is named below /conditionParams") {
  const auto open = period("2026-03-01T00:00:00Z", nullptr);
  const auto faults = faults_of(R"({"days": 0, "freezeDays": -1, "source": "X", "more": 1})", open);
  std::vector<std::string> pointers;
  for (const auto& fault : faults) pointers.push_back(fault.where + " " + fault.code);
  CHECK_THAT(pointers, Catch::UnorderedEquals(std::vector<std::string>{
                           "/conditionParams/days too-small", "/conditionParams/freezeDays too-small",
                           "/conditionParams/source not-one-of", "/conditionParams/more unknown-member"}));
  CHECK(faults_of("{}", open).at(0).code == "required");
}

TEST_CASE("more days than the window has are refused") {
  const auto week = period("2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z");
  CHECK(faults_of(R"({"days": 7})", week).empty());
  const auto faults = faults_of(R"({"days": 8})", week);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].where == "/conditionParams/days");
  CHECK(faults[0].code == "too-large");
}

TEST_CASE("an unknown condition is refused with those that there are") {
  const auto faults = faults_of("{}", period("2026-03-01T00:00:00Z", nullptr), "MOON_PHASE");
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].where == "/conditionType");
  CHECK(faults[0].detail.find("CONSECUTIVE_LOGIN") != std::string::npos);
}
