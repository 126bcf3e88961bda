// What attackers send, over HTTP: 401, and the next request on the connection is served as ever.
#include <catch2/catch.hpp>
#include <set>

#include "guerdon/crypto.hpp"
#include "guerdon/testing.hpp"
#include "support/ed25519_keys.hpp"
#include "support/hostile_tokens.hpp"

namespace guerdon::auth {
namespace {

const std::string secret(32, 'k');

const auto pair = Ed25519PrivateKey::from_pem(test::ed_private_pem).value();

testing::ServerOptions with_keys(bool has_pair) {
  testing::ServerOptions options;
  options.configure = [=](Config& config) {
    config.auth.jwt_secret_base64 = SigningKey{secret};
    if (has_pair) config.auth.ed25519_private_key = pair;
  };
  return options;
}

TEST_CASE("Hostile tokens are answered 401 over HTTP") {
  const bool has_pair = GENERATE(false, true);
  testing::Server server{with_keys(has_pair)};
  server.register_user("bob");
  const auto good = server.login("bob");
  REQUIRE(server.get("/api/auth/info", good).status == 200);

  std::set<std::string> left_out;
  const auto sign = [&](std::string_view text) {
    return has_pair ? pair.sign(text) : std::string{as_text(hmac_sha256(secret, text))};
  };
  for (const auto& hostile : test::hostile_tokens({good, sign})) {
    CAPTURE(hostile.name);
    if (!hostile.fits_a_header) {
      left_out.insert(hostile.name);
      continue;
    }
    const auto answer = server.get("/api/auth/info", hostile.token);
    CHECK(answer.status == 401);
    CHECK(answer.text("/code") == "unauthenticated");
    CHECK(answer.header("www-authenticate") == "Bearer realm=\"guerdon\", error=\"invalid_token\"");
  }
  CHECK(left_out == std::set<std::string>{"nothing", "of 2 MB", "a space in front", "a space behind",
                                          "a line end behind", "a line end inside", "a NUL behind", "a NUL inside",
                                          "a byte order mark in front"});
  CHECK(server.get("/api/auth/info", good).status == 200);
}

}  // namespace
}  // namespace guerdon::auth
