// ACTIVITY_SUM: the sum of an attribute over activities of a type.
#include "kind.hpp"

namespace guerdon::event {
namespace {

std::vector<Fault> compares(const ActivitySum& condition, const Period&) { return where_faults(condition.where); }

std::vector<Fault> check(json::object& parameters, const Period& period) {
  return check_parameters<ActivitySum>(parameters, period, compares);
}

std::vector<std::string> topics(const json::object& parameters) {
  const auto condition = decode<ActivitySum>(parameters).value();
  return {activity_topic(condition.activity, condition.where)};
}

}  // namespace

const Kind activity_sum{ActivitySum::kind, check, topics};

}  // namespace guerdon::event
