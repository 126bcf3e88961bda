// The public keys that guerdon publishes, and changing from a secret to a key pair and on to the next.
#include <catch2/catch.hpp>

#include "guerdon/testing.hpp"
#include "support/ed25519_keys.hpp"
#include "support/temp_folder.hpp"

namespace guerdon::auth {
namespace {

const std::string path = "/.well-known/jwks.json";

/// A server on the same store, with these keys.
testing::ServerOptions with_keys(const test::TempFolder& folder, const std::string& current,
                                 const std::string& previous = {}) {
  testing::ServerOptions options;
  options.data_folder = folder.path().string();
  options.configure = [=, file = folder / "guerdon.db"](Config& config) {
    config.database.url = DatabaseUrl::parse("sqlite:" + file).value();
    config.auth.jwt_secret_base64 = SigningKey{std::string(32, 'k')};
    config.auth.ed25519_private_key = Ed25519PrivateKey::from_pem(current).value();
    config.auth.ed25519_previous_public_key = Ed25519PublicKey::from_pem(previous).value();
  };
  return options;
}

TEST_CASE("Without a key pair no key is published") {
  testing::Server server;
  const auto answer = server.get(path);
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"keys":[]})");
}

TEST_CASE("A key pair's public half is published, and nothing of its private one") {
  const test::TempFolder folder;
  testing::Server server{with_keys(folder, test::ed_private_pem)};
  const auto answer = server.get(path);
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":")" + test::ed_x + R"(","kid":")" +
                           test::ed_thumbprint + R"(","alg":"EdDSA","use":"sig"}]})");
}

TEST_CASE("Nobody is logged out when a key pair comes, and when it is changed") {
  const test::TempFolder folder;
  std::string by_secret, by_first;
  {
    testing::Server server{with_keys(folder, "")};
    server.register_user("bob");
    by_secret = server.login("bob");
  }
  {
    testing::Server server{with_keys(folder, test::ed_private_pem)};
    CHECK(server.get("/api/auth/info", by_secret).status == 200);
    server.register_user("eve");
    by_first = server.login("eve");
    CHECK(server.get("/api/auth/info", by_first).status == 200);
  }
  {
    testing::Server server{with_keys(folder, test::other_ed_private_pem, test::ed_public_pem)};
    CHECK(server.get("/api/auth/info", by_secret).status == 200);
    CHECK(server.get("/api/auth/info", by_first).status == 200);
    const auto keys = server.get(path).at("/keys").as_array();
    REQUIRE(keys.size() == 2);
    CHECK(keys[1].at("x") == json::value(test::ed_x));
  }
  testing::Server server{with_keys(folder, test::other_ed_private_pem)};
  CHECK(server.get("/api/auth/info", by_first).status == 401);
  CHECK(server.get(path).at("/keys").as_array().size() == 1);
}

}  // namespace
}  // namespace guerdon::auth
