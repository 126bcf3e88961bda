// What readers of auth.events.security see.
#include "auth/messages.hpp"
#include "support/golden.hpp"

namespace guerdon::auth {
namespace {

BruteForceSuspected suspicion() {
  const Instant at = parse_rfc3339("2026-11-20T10:15:30.123Z").value();
  return {.user_id = UserId::parse("usr_01jd3q6p8hfvmt3e8zkx0v9c2a").value(),
          .address_hash = {},
          .failures = 5,
          .locked_until = at + std::chrono::minutes{1},
          .ip_address = std::string{"203.0.113.7"},
          .user_agent = std::string{"curl/8.5"},
          .detected_at = at,
          .name_hash = "hash-of-the-name"};
}

TEST_CASE("BruteForceSuspected is what its readers know") { test::check_golden("auth", suspicion()); }

TEST_CASE("BruteForceSuspected is ordered by whom it is about, and never tells a name") {
  auto message = suspicion();
  message.user_id.reset();
  CHECK(message.key() == "hash-of-the-name");
  CHECK(to_json(message).find("hash-of-the-name") == std::string::npos);
  message.address_hash = "hash-of-the-address";
  CHECK(message.key() == "hash-of-the-address");
}

}  // namespace
}  // namespace guerdon::auth
