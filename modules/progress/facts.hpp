// What users did, as the rules see it. Facts are stored once, whatever events exist, and ordered by time; facts of one
// instant by where they come from and by their id, so that every fold sees them in the same order.
#pragma once

#include <boost/describe.hpp>
#include <compare>
#include <set>
#include <string>
#include <vector>

#include "guerdon/codec.hpp"
#include "guerdon/time.hpp"

namespace guerdon::progress {

/// A login; a session that went on; an activity; an invited user who registered, or logged in for the first time.
enum class FactSource { login, session, activity, signup, first_login };
BOOST_DESCRIBE_ENUM(FactSource, login, session, activity, signup, first_login)

struct FactKey {
  Instant at;
  FactSource source = FactSource::login;
  std::string id;  ///< of the activity or of the invited user; empty for log-ins, of which one instant has one
  friend auto operator<=>(const FactKey&, const FactKey&) = default;
  friend bool operator==(const FactKey&, const FactKey&) = default;
};
BOOST_DESCRIBE_STRUCT(FactKey, (), (at, source, id))

struct Fact {
  FactKey key;
  std::string activity = {};  ///< its type, where it is one
  json::object attributes = {};
};

/// Which facts a condition has to be given.
struct Sources {
  bool logins = false, sessions = false, signups = false, first_logins = false;
  std::set<std::string> activities = {};  ///< by type
};

/// What events listen to that may count this fact (event/topics.hpp).
[[nodiscard]] std::vector<std::string> topics_of(const Fact& fact);

}  // namespace guerdon::progress
