// The keys for EdDSA as settings.
#include <catch2/catch.hpp>

#include "guerdon/config.hpp"
#include "support/ed25519_keys.hpp"
#include "support/temp_folder.hpp"

namespace guerdon {
namespace {

constexpr const char* private_name = "GUERDON_AUTH__ED25519PRIVATEKEY";
constexpr const char* public_name = "GUERDON_AUTH__ED25519PREVIOUSPUBLICKEY";

std::string refusal(const std::map<std::string, std::string>& environment,
                    const std::vector<std::string>& overrides = {}) {
  const auto config = Config::load("", environment, overrides);
  return config ? "none" : config.error().detail;
}

TEST_CASE("There is no Ed25519 key by default") {
  CHECK(Config::defaults().auth.ed25519_private_key.empty());
  CHECK(Config::defaults().auth.ed25519_previous_public_key.empty());
  CHECK(to_json(Config::defaults()).find(R"("ed25519PrivateKey":"","ed25519PreviousPublicKey":"")") !=
        std::string::npos);
}

TEST_CASE("An Ed25519 key comes from a file or the environment, and is shown masked") {
  const test::TempFolder folder;
  const auto file = folder.write("key.pem", test::ed_private_pem);
  const auto config =
      Config::load("", {{std::string{private_name} + "_FILE", file}, {public_name, test::other_ed_public_pem}}, {});
  REQUIRE(config.has_value());
  CHECK(config->auth.ed25519_private_key.public_key().to_pem() == test::ed_public_pem);
  CHECK(config->auth.ed25519_previous_public_key.to_pem() == test::other_ed_public_pem);
  const auto text = to_json(*config);
  CHECK(text.find(R"("ed25519PrivateKey":"***")") != std::string::npos);
  CHECK(text.find("MC4CAQAwBQYDK2VwBCIEI") == std::string::npos);
}

TEST_CASE("What is no Ed25519 key is refused in one line that does not show it") {
  const auto& good = test::ed_private_pem;
  for (const auto& bad : {std::string{"rubbish"}, test::ed_public_pem, good + good}) {
    CHECK(refusal({{private_name, bad}}) ==
          "auth.ed25519PrivateKey must be an Ed25519 private key as PEM, not encrypted (openssl genpkey -algorithm "
          "ed25519) (GUERDON_AUTH__ED25519PRIVATEKEY)");
  }
  CHECK(refusal({{public_name, good}}) ==
        "auth.ed25519PreviousPublicKey must be an Ed25519 public key as PEM (openssl pkey -pubout) "
        "(GUERDON_AUTH__ED25519PREVIOUSPUBLICKEY)");
  CHECK(refusal({}, {"auth.ed25519PrivateKey=" + good}) ==
        "auth.ed25519PrivateKey: a secret on the command line can be seen by others; use a file or the environment");
}

}  // namespace
}  // namespace guerdon
