// INVITE_FRIENDS: invited users who registered, or who logged in for the first time. Each has one such fact.
#include "rule.hpp"

namespace guerdon::progress {
namespace {

struct Friends {
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(Friends, (), (count))

struct InviteFriendsRule {
  using Parameters = event::InviteFriends;
  using State = Friends;

  static bool at_signup(const Parameters& parameters) { return parameters.qualify.value() == event::Qualify::signup; }

  static void name_sources(const Parameters& parameters, Sources& sources) {
    (at_signup(parameters) ? sources.signups : sources.first_logins) = true;
  }
  static bool listens(const Parameters& parameters, const Fact& fact) {
    return fact.key.source == (at_signup(parameters) ? FactSource::signup : FactSource::first_login);
  }
  static State advance(const State& state, const Fact&, const Parameters&, const TimeZone&) {
    return {.count = state.count + 1};
  }
  /// Whoever logged in for the first time may have done so earlier than was known.
  static bool continues(const State&, const Fact&, const TimeZone&) { return false; }
  static std::int64_t progress(const State& state, const Parameters&) { return state.count; }
  static std::int64_t required(const Parameters& parameters) { return parameters.count; }
};

}  // namespace

const Rule invite_friends = rule_of<InviteFriendsRule>();

}  // namespace guerdon::progress
