// ACTIVITY_SUM: the sum of an attribute over activities of a type.
#include "activities.hpp"

namespace guerdon::progress {
namespace {

struct ActivitySumRule {
  using Parameters = event::ActivitySum;
  using State = Total;

  static void name_sources(const Parameters& parameters, Sources& sources) {
    sources.activities.insert(parameters.activity.value());
  }
  static bool listens(const Parameters& parameters, const Fact& fact) {
    return is_activity(fact, parameters.activity, parameters.where) && amount_in(fact, parameters.field);
  }
  static State advance(const State& state, const Fact& fact, const Parameters& parameters, const TimeZone&) {
    return {.amount = saturating_sum(state.amount, *amount_in(fact, parameters.field))};
  }
  static std::int64_t progress(const State& state, const Parameters&) { return state.amount; }
  static std::int64_t required(const Parameters& parameters) { return parameters.amount; }
};

}  // namespace

const Rule activity_sum = rule_of<ActivitySumRule>();

}  // namespace guerdon::progress
