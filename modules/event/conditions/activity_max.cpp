// ACTIVITY_MAX: the largest value of an attribute over activities of a type.
#include "kind.hpp"

namespace guerdon::event {
namespace {

std::vector<Fault> compares(const ActivityMax& condition, const Period&) { return where_faults(condition.where); }

std::vector<Fault> check(json::object& parameters, const Period& period) {
  return check_parameters<ActivityMax>(parameters, period, compares);
}

std::vector<std::string> topics(const json::object& parameters) {
  const auto condition = decode<ActivityMax>(parameters).value();
  return {activity_topic(condition.activity, condition.where)};
}

}  // namespace

const Kind activity_max{ActivityMax::kind, check, topics};

}  // namespace guerdon::event
