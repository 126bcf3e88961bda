// ACTIVITY_COUNT: activities of a type.
#include "activities.hpp"

namespace guerdon::progress {
namespace {

struct ActivityCountRule {
  using Parameters = event::ActivityCount;
  using State = Total;

  static void name_sources(const Parameters& parameters, Sources& sources) {
    sources.activities.insert(parameters.activity.value());
  }
  static bool listens(const Parameters& parameters, const Fact& fact) {
    return is_activity(fact, parameters.activity, parameters.where);
  }
  static State advance(const State& state, const Fact&, const Parameters&, const TimeZone&) {
    return {.amount = state.amount + 1};
  }
  static std::int64_t progress(const State& state, const Parameters&) { return state.amount; }
  static std::int64_t required(const Parameters& parameters) { return parameters.count; }
};

}  // namespace

const Rule activity_count = rule_of<ActivityCountRule>();

}  // namespace guerdon::progress
