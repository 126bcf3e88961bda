#include "auth/platform_messages.hpp"

#include "support/golden.hpp"

namespace guerdon::auth {
namespace {

const UserId user = UserId::parse("usr_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
const Instant at = parse_rfc3339("2026-11-20T10:15:30.123Z").value();

TEST_CASE("PlatformConnected is what its readers know") {
  test::check_golden("auth", PlatformConnected{.user_id = user,
                                               .platform = "steam",
                                               .platform_user_id = std::string{"76561198000000000"},
                                               .connected_at = at});
}

TEST_CASE("PlatformDisconnected is what its readers know") {
  test::check_golden("auth", PlatformDisconnected{.user_id = user, .platform = "steam", .disconnected_at = at});
}

}  // namespace
}  // namespace guerdon::auth
