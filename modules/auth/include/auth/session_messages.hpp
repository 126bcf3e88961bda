// What the auth module says about sessions that go on. For the modules only: it is not a topic of the outside.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <string_view>

#include "guerdon/ids.hpp"
#include "guerdon/time.hpp"

namespace guerdon::auth {

/// A session was refreshed: its user is still there. Progress counts these where an event says so.
struct SessionContinued {
  static constexpr std::string_view topic = "auth.session", type = "SessionContinued";
  static constexpr bool is_internal = true;
  UserId user_id;
  SessionId session_id;
  Instant continued_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(SessionContinued, (), (user_id, session_id, continued_at))

}  // namespace guerdon::auth
