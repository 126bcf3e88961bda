// CONSECUTIVE_LOGIN: a run of days that must fit into the event's period.
#include "kind.hpp"

namespace guerdon::event {
namespace {

std::vector<Fault> fits(const ConsecutiveLogin& condition, const Period& period) {
  return fits_the_window("/days", condition.days, period);
}

std::vector<Fault> check(json::object& parameters, const Period& period) {
  return check_parameters<ConsecutiveLogin>(parameters, period, fits);
}

std::vector<std::string> topics(const json::object& parameters) {
  const auto condition = decode<ConsecutiveLogin>(parameters).value();
  if (condition.source.value() == LoginSource::login) return {std::string{login_topic}};
  return {std::string{login_topic}, std::string{session_topic}};
}

}  // namespace

const Kind consecutive_login{ConsecutiveLogin::kind, check, topics};

}  // namespace guerdon::event
