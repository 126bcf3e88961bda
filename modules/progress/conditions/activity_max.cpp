// ACTIVITY_MAX: the largest value of an attribute over activities of a type.
#include "activities.hpp"

namespace guerdon::progress {
namespace {

struct ActivityMaxRule {
  using Parameters = event::ActivityMax;
  using State = Total;

  static void name_sources(const Parameters& parameters, Sources& sources) {
    sources.activities.insert(parameters.activity.value());
  }
  static bool listens(const Parameters& parameters, const Fact& fact) {
    return is_activity(fact, parameters.activity, parameters.where) && amount_in(fact, parameters.field);
  }
  static State advance(const State& state, const Fact& fact, const Parameters& parameters, const TimeZone&) {
    return {.amount = std::max(state.amount, *amount_in(fact, parameters.field))};
  }
  static std::int64_t progress(const State& state, const Parameters&) { return state.amount; }
  static std::int64_t required(const Parameters& parameters) { return parameters.amount; }
};

}  // namespace

const Rule activity_max = rule_of<ActivityMaxRule>();

}  // namespace guerdon::progress
