// LEVEL_UP: an ACTIVITY_MAX by another name.
#include "kind.hpp"

namespace guerdon::event {
namespace {

std::vector<Fault> check(json::object& parameters, const Period& period) {
  return check_parameters<LevelUp>(parameters, period);
}

std::vector<std::string> topics(const json::object&) { return {activity_topic(LevelUp::activity)}; }

}  // namespace

const Kind level_up{LevelUp::kind, check, topics};

}  // namespace guerdon::event
