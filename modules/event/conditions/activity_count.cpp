// ACTIVITY_COUNT: activities of a type, narrowed down by attributes.
#include "kind.hpp"

namespace guerdon::event {
namespace {

std::vector<Fault> compares(const ActivityCount& condition, const Period&) { return where_faults(condition.where); }

std::vector<Fault> check(json::object& parameters, const Period& period) {
  return check_parameters<ActivityCount>(parameters, period, compares);
}

std::vector<std::string> topics(const json::object& parameters) {
  const auto condition = decode<ActivityCount>(parameters).value();
  return {activity_topic(condition.activity, condition.where)};
}

}  // namespace

const Kind activity_count{ActivityCount::kind, check, topics};

}  // namespace guerdon::event
