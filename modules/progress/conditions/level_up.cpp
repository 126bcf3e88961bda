// LEVEL_UP: the highest level reached.
#include "activities.hpp"

namespace guerdon::progress {
namespace {

struct LevelUpRule {
  using Parameters = event::LevelUp;
  using State = Total;

  static void name_sources(const Parameters&, Sources& sources) {
    sources.activities.insert(std::string{Parameters::activity});
  }
  static bool listens(const Parameters&, const Fact& fact) {
    return is_activity(fact, Parameters::activity) && amount_in(fact, Parameters::field);
  }
  static State advance(const State& state, const Fact& fact, const Parameters&, const TimeZone&) {
    return {.amount = std::max(state.amount, *amount_in(fact, Parameters::field))};
  }
  static std::int64_t progress(const State& state, const Parameters&) { return state.amount; }
  static std::int64_t required(const Parameters& parameters) { return parameters.level; }
};

}  // namespace

const Rule level_up = rule_of<LevelUpRule>();

}  // namespace guerdon::progress
