// PURCHASE: an ACTIVITY_SUM by another name.
#include "kind.hpp"

namespace guerdon::event {
namespace {

std::vector<Fault> check(json::object& parameters, const Period& period) {
  return check_parameters<Purchase>(parameters, period);
}

std::vector<std::string> topics(const json::object&) { return {activity_topic(Purchase::activity)}; }

}  // namespace

const Kind purchase{Purchase::kind, check, topics};

}  // namespace guerdon::event
