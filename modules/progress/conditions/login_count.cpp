// LOGIN_COUNT: different days with a login, in a row or not.
#include "day.hpp"

namespace guerdon::progress {
namespace {

struct LoginDays {
  std::int64_t days = 0;
  std::optional<Date> last_day;
};
BOOST_DESCRIBE_STRUCT(LoginDays, (), (days, last_day))

struct LoginCountRule {
  using Parameters = event::LoginCount;
  using State = LoginDays;
  static constexpr bool goes_on = true;  // the day is shown

  static void name_sources(const Parameters&, Sources& sources) { sources.logins = true; }
  static bool listens(const Parameters&, const Fact& fact) { return fact.key.source == FactSource::login; }
  static State advance(const State& state, const Fact& fact, const Parameters&, const TimeZone& zone) {
    const Date day = zone.local_date(fact.key.at);
    if (state.last_day && day <= *state.last_day) return state;
    return {.days = state.days + 1, .last_day = day};
  }
  static bool continues(const State& state, const Fact& fact, const TimeZone& zone) {
    return goes_on_from(state.last_day, fact, zone);
  }
  static std::int64_t progress(const State& state, const Parameters&) { return state.days; }
  static std::int64_t required(const Parameters& parameters) { return parameters.count; }
  static void describe(const State& state, const Parameters&, const TimeZone& zone, Instant now,
                       ProgressDetail& detail) {
    describe_day(state.last_day, zone, now, detail);
  }
};

}  // namespace

const Rule login_count = rule_of<LoginCountRule>();

}  // namespace guerdon::progress
