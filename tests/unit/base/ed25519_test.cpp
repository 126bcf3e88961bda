#include "guerdon/ed25519.hpp"

#include <catch2/catch.hpp>

#include "guerdon/base64url.hpp"
#include "guerdon/crypto.hpp"
#include "support/ed25519_keys.hpp"

namespace guerdon {
namespace {

const auto key = Ed25519PrivateKey::from_pem(test::ed_private_pem).value();
const auto other = Ed25519PrivateKey::from_pem(test::other_ed_private_pem).value();

TEST_CASE("Ed25519 signs as RFC 8032 shows") {
  CHECK(to_hex(key.public_key().bytes()) == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  CHECK(to_hex(key.sign("")) ==
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b");
  CHECK(to_hex(other.sign("\x72")) ==
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00");
}

TEST_CASE("An Ed25519 signature is good for its text, its key and its own bytes only") {
  const auto signature = key.sign("a text");
  CHECK(key.public_key().has_signed("a text", signature));
  CHECK_FALSE(key.public_key().has_signed("a test", signature));
  CHECK_FALSE(other.public_key().has_signed("a text", signature));
  CHECK_FALSE(key.public_key().has_signed("a text", ""));
  CHECK_FALSE(key.public_key().has_signed("a text", signature + "x"));
  CHECK_FALSE(key.public_key().has_signed("a text", std::string(64, '\0')));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    auto changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CAPTURE(i);
    CHECK_FALSE(key.public_key().has_signed("a text", changed));
  }
}

TEST_CASE("The second form of an Ed25519 signature, with the group's order added, is refused") {
  const auto order = std::string{"\xed\xd3\xf5\x5c\x1a\x63\x12\x58\xd6\x9c\xf7\xa2\xde\xf9\xde\x14", 16} +
                     std::string(15, '\0') + '\x10';
  auto signature = key.sign("a text");
  unsigned carry = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    carry += static_cast<unsigned char>(signature[32 + i]) + static_cast<unsigned char>(order[i]);
    signature[32 + i] = static_cast<char>(carry & 255U);
    carry >>= 8U;
  }
  CHECK_FALSE(key.public_key().has_signed("a text", signature));
}

TEST_CASE("Ed25519 keys are read from PEM in one form each, and an empty text is no key") {
  CHECK(Ed25519PublicKey::from_pem(test::ed_public_pem)->bytes() == key.public_key().bytes());
  CHECK(key.public_key().to_pem() == test::ed_public_pem);
  CHECK(Ed25519PublicKey::from_pem("").value().empty());
  CHECK(Ed25519PrivateKey::from_pem("").value().empty());
  CHECK(Ed25519PublicKey{}.to_pem().empty());
  CHECK_FALSE(Ed25519PublicKey{}.has_signed("", std::string(64, '\0')));
  CHECK_THROWS(Ed25519PrivateKey{}.sign(""));

  const std::string x25519 =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIHgMHX8Nf61rIhp6dviye2vbTsgatmJyFyfVe4hOvzxH\n"
      "-----END PRIVATE KEY-----\n";
  const std::string cut = test::ed_private_pem.substr(0, 60) + "\n-----END PRIVATE KEY-----\n";
  for (const auto& text : {x25519, cut, test::ed_public_pem, test::ed_private_pem + test::ed_private_pem,
                           test::ed_private_pem + "more", std::string{"rubbish"}, std::string{" "}, test::ed_x,
                           std::string{"-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----"}}) {
    CAPTURE(text);
    CHECK_FALSE(Ed25519PrivateKey::from_pem(text));
  }
  CHECK_FALSE(Ed25519PublicKey::from_pem(test::ed_private_pem));
}

}  // namespace
}  // namespace guerdon
