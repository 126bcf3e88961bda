// INVITE_FRIENDS: invited users who registered, or who logged in for the first time.
#include "kind.hpp"

namespace guerdon::event {
namespace {

std::vector<Fault> check(json::object& parameters, const Period& period) {
  return check_parameters<InviteFriends>(parameters, period);
}

std::vector<std::string> topics(const json::object& parameters) {
  const auto qualify = decode<InviteFriends>(parameters).value().qualify.value();
  return {std::string{qualify == Qualify::signup ? signup_topic : first_login_topic}};
}

}  // namespace

const Kind invite_friends{InviteFriends::kind, check, topics};

}  // namespace guerdon::event
