// The JSON of what auth says about sessions that go on, pinned.
#include "auth/session_messages.hpp"

#include <catch2/catch.hpp>

#include "support/golden.hpp"

namespace guerdon::auth {

TEST_CASE("SessionContinued is what its readers know") {
  test::check_golden("auth", SessionContinued{.user_id = UserId::parse("usr_01jd3q6p8hfvmt3e8zkx0v9c2a").value(),
                                              .session_id = SessionId::parse("ses_01jd3q6p8hfvmt3e8zkx0v9c2b").value(),
                                              .continued_at = parse_rfc3339("2026-11-20T10:15:30.123Z").value()});
}

}  // namespace guerdon::auth
