// The list of rules, one for each kind of condition that the event module knows.
#include "rule.hpp"

namespace guerdon::progress {

std::span<const Rule> rules() {
  static const std::array all{
      consecutive_login, login_count, invite_friends, activity_count, activity_sum,
      activity_max,      purchase,    level_up,       all_of,         any_of,
  };
  return all;
}

std::unique_ptr<const Condition> make_condition(std::string_view kind, const json::object& parameters) {
  const auto all = rules();
  const auto rule = std::ranges::find(all, kind, &Rule::kind);
  if (rule == all.end()) throw std::runtime_error("no rule for the condition " + std::string{kind});
  return rule->make(parameters);
}

}  // namespace guerdon::progress
