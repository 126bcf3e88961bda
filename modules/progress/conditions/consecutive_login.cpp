// CONSECUTIVE_LOGIN: the run of days that ends at the last counted one; model.hpp has its rules.
#include "../model.hpp"
#include "day.hpp"

namespace guerdon::progress {
namespace {

struct ConsecutiveLoginRule {
  using Parameters = event::ConsecutiveLogin;
  using State = Streak;
  static constexpr bool goes_on = true;  // the day is shown, and the best run

  static StreakRule rule(const Parameters& parameters) {
    return {.days = parameters.days, .freeze_days = parameters.freeze_days.value()};
  }
  static bool has_sessions(const Parameters& parameters) {
    return parameters.source.value() == event::LoginSource::session;
  }

  static void name_sources(const Parameters& parameters, Sources& sources) {
    sources.logins = true;
    sources.sessions = sources.sessions || has_sessions(parameters);
  }
  static bool listens(const Parameters& parameters, const Fact& fact) {
    return fact.key.source == FactSource::login || (fact.key.source == FactSource::session && has_sessions(parameters));
  }
  static State advance(const State& state, const Fact& fact, const Parameters& parameters, const TimeZone& zone) {
    return progress::advance(state, rule(parameters), zone, fact.key.at);
  }
  static bool continues(const State& state, const Fact& fact, const TimeZone& zone) {
    return goes_on_from(state.last_day, fact, zone);
  }
  static std::int64_t progress(const State& state, const Parameters& parameters) {
    return progress_of(state, rule(parameters));
  }
  static std::int64_t required(const Parameters& parameters) { return parameters.days; }

  static void describe(const State& state, const Parameters& parameters, const TimeZone& zone, Instant now,
                       ProgressDetail& detail) {
    detail.best = state.best;
    detail.run_lost_at = lost_at(state, rule(parameters), zone);
    describe_day(state.last_day, zone, now, detail);
  }
};

}  // namespace

const Rule consecutive_login = rule_of<ConsecutiveLoginRule>();

}  // namespace guerdon::progress
