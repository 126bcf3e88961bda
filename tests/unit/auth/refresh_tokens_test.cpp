#include "modules/auth/refresh_tokens.hpp"

#include <catch2/catch.hpp>
#include <limits>

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

TEST_CASE("A refresh token opens to what it was made of, whatever the counter") {
  const RefreshTokens tokens{secrets};
  for (const std::int64_t counter : {std::int64_t{0}, std::int64_t{258}, std::numeric_limits<std::int64_t>::max()}) {
    const auto claim = tokens.open(tokens.derive(session_of(0xAB), counter));
    CHECK(claim == RefreshClaim{.session = session_of(0xAB), .counter = counter});
  }
}

TEST_CASE("A refresh token of the secret before opens, one of any other does not") {
  const std::string old_secret(32, 'o');
  const auto token = RefreshTokens{{.current = old_secret, .previous = {}}}.derive(session_of(1), 7);
  CHECK(RefreshTokens{{.current = secrets.current, .previous = old_secret}}.open(token));
  CHECK_FALSE(RefreshTokens{secrets}.open(token));
  CHECK_FALSE(RefreshTokens{{.current = secrets.current, .previous = std::string(32, 'p')}}.open(token));
}

TEST_CASE("Whatever differs from a refresh token in any character is none") {
  const RefreshTokens tokens{secrets};
  const auto token = tokens.derive(session_of(1), 7);
  REQUIRE(tokens.open(token));
  for (std::size_t i = 0; i < token.size(); ++i) {
    CAPTURE(i);
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(tokens.open(changed));
  }
  for (const std::string& text : {std::string{}, std::string{"rt_"}, token.substr(3), "RT_" + token.substr(3),
                                  token.substr(0, token.size() - 1), token + "A", token + "=", " " + token, token + " ",
                                  token + token, std::string(1'000'000, 'A'), "rt_" + std::string(75, '\0')}) {
    CAPTURE(text.substr(0, 100));
    CHECK_FALSE(tokens.open(text));
  }
}

}  // namespace
}  // namespace guerdon::auth
