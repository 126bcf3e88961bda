// PURCHASE: the sum of what was paid.
#include "activities.hpp"

namespace guerdon::progress {
namespace {

struct PurchaseRule {
  using Parameters = event::Purchase;
  using State = Total;

  static void name_sources(const Parameters&, Sources& sources) {
    sources.activities.insert(std::string{Parameters::activity});
  }
  static bool listens(const Parameters&, const Fact& fact) {
    return is_activity(fact, Parameters::activity) && amount_in(fact, Parameters::field);
  }
  static State advance(const State& state, const Fact& fact, const Parameters&, const TimeZone&) {
    return {.amount = saturating_sum(state.amount, *amount_in(fact, Parameters::field))};
  }
  static std::int64_t progress(const State& state, const Parameters&) { return state.amount; }
  static std::int64_t required(const Parameters& parameters) { return parameters.amount; }
};

}  // namespace

const Rule purchase = rule_of<PurchaseRule>();

}  // namespace guerdon::progress
