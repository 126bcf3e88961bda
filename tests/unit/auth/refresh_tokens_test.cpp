#include "modules/auth/refresh_tokens.hpp"

#include <catch2/catch.hpp>

#include "guerdon/base64url.hpp"

namespace guerdon::auth {
namespace {

const SigningSecrets secrets{.current = std::string(32, 'k'), .previous = {}};

SessionId session_of(std::uint8_t seed) {
  Uuid uuid;
  uuid.bytes.fill(seed);
  return SessionId{uuid};
}

TEST_CASE("The same session and counter give the same refresh token, others give others") {
  const RefreshTokens tokens{secrets};
  const auto token = tokens.derive(session_of(1), 7);
  CHECK(token == RefreshTokens{secrets}.derive(session_of(1), 7));
  CHECK(token != tokens.derive(session_of(1), 8));
  CHECK(token != tokens.derive(session_of(2), 7));
  CHECK(token != RefreshTokens{{.current = std::string(32, 'o'), .previous = {}}}.derive(session_of(1), 7));
}

TEST_CASE("A refresh token carries its session, its counter and 256 bits that nobody can guess") {
  const auto token = RefreshTokens{secrets}.derive(session_of(0xAB), 258);
  REQUIRE(token.starts_with("rt_"));
  const auto content = from_base64url(std::string_view{token}.substr(3));
  REQUIRE(content);
  REQUIRE(content->size() == 16 + 8 + 32);
  CHECK(content->substr(0, 16) == std::string(16, '\xAB'));
  CHECK(content->substr(16, 8) == std::string("\0\0\0\0\0\0\1\2", 8));
  // The key is not the signing secret itself: a leaked token says nothing about access tokens.
  const auto naive = hmac_sha256(secrets.current, content->substr(0, 24));
  CHECK(content->substr(24) != as_text(naive));
}

}  // namespace
}  // namespace guerdon::auth
