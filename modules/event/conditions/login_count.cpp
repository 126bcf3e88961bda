// LOGIN_COUNT: days with a login, as many at most as the event has.
#include "kind.hpp"

namespace guerdon::event {
namespace {

std::vector<Fault> fits(const LoginCount& condition, const Period& period) {
  return fits_the_window("/count", condition.count, period);
}

std::vector<Fault> check(json::object& parameters, const Period& period) {
  return check_parameters<LoginCount>(parameters, period, fits);
}

std::vector<std::string> topics(const json::object&) { return {std::string{login_topic}}; }

}  // namespace

const Kind login_count{LoginCount::kind, check, topics};

}  // namespace guerdon::event
