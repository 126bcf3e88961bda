// CONSECUTIVE_LOGIN: a run of days that must fit into the event's period.
#include "kind.hpp"

namespace guerdon::event {
namespace {

std::vector<Fault> fits_the_window(const ConsecutiveLogin& condition, const Period& period) {
  const auto days = days_in(period);
  if (!days || condition.days.value() <= *days) return {};
  return {{.where = "/days",
           .is_parameter = false,
           .code = "too-large",
           .detail = "must be at most " + std::to_string(*days) + ", the days between startAt and endAt"}};
}

std::vector<Fault> check(json::object& parameters, const Period& period) {
  return check_parameters<ConsecutiveLogin>(parameters, period, fits_the_window);
}

}  // namespace

const Kind consecutive_login{ConsecutiveLogin::kind, check};

}  // namespace guerdon::event
