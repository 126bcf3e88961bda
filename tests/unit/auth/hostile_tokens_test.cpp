// What attackers send, against the keys that might be fooled by it.
#include <catch2/catch.hpp>
#include <set>

#include "guerdon/base64url.hpp"
#include "guerdon/json.hpp"
#include "modules/auth/access_tokens.hpp"
#include "support/ed25519_keys.hpp"
#include "support/hostile_tokens.hpp"
#include "support/result.hpp"

namespace guerdon::auth {
namespace {

const std::string secret(32, 'k');
const TokenRules rules{.issuer = "guerdon", .audience = "guerdon"};
const Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20}};

std::string token_of(const AccessTokens& tokens) {
  const auto random = system_random();
  IdSource ids{*random};
  return tokens.issue(
      {.user = UserId{ids.next(now)}, .session = SessionId{ids.next(now)}, .version = 1, .roles = {Role::user}}, now,
      *random);
}

std::string mac(const std::string& key, std::string_view text) { return std::string{as_text(hmac_sha256(key, text))}; }

TEST_CASE("The collection of hostile tokens is large, and each has a name of its own") {
  const AccessTokens tokens{rules, {.current = secret, .previous = {}}};
  std::set<std::string> names;
  const auto all = test::hostile_tokens({token_of(tokens), [](auto text) { return mac(secret, text); }});
  for (const auto& hostile : all) names.insert(hostile.name);
  CHECK(names.size() == all.size());
  CHECK(all.size() >= 200);
}

TEST_CASE("Hostile tokens are refused, though they are signed with the secret") {
  const AccessTokens tokens{rules, {.current = secret, .previous = {}}};
  const auto good = token_of(tokens);
  REQUIRE(tokens.verify(good, now));
  for (const auto& hostile : test::hostile_tokens({good, [](auto text) { return mac(secret, text); }})) {
    CAPTURE(hostile.name);
    const auto verdict = tokens.verify(hostile.token, now);
    REQUIRE_FALSE(verdict);
    CHECK(verdict.error().problem == problems::unauthenticated);
  }
}

const auto pair = Ed25519PrivateKey::from_pem(test::ed_private_pem).value();
const auto other_pair = Ed25519PrivateKey::from_pem(test::other_ed_private_pem).value();

struct WithPair {
  AccessTokens tokens{rules, {.current = secret, .previous = {}}, {.current = pair, .previous = {}}};
  std::string good = token_of(tokens);

  /// The good claims under another header, signed by somebody.
  template <class Sign>
  [[nodiscard]] std::string forged(const std::string& header, const Sign& sign) const {
    const auto first = good.find('.');
    const auto text = to_base64url(header) + good.substr(first, good.rfind('.') - first);
    return text + "." + to_base64url(sign(text));
  }
};

std::string header_of(const std::string& token) { return from_base64url(token.substr(0, token.find('.'))).value(); }

TEST_CASE("Hostile tokens are refused where a key pair signs, though they are signed with the private key") {
  const WithPair with;
  REQUIRE(with.tokens.verify(with.good, now));
  for (const auto& hostile : test::hostile_tokens({with.good, [](auto text) { return pair.sign(text); }})) {
    CAPTURE(hostile.name);
    const auto verdict = with.tokens.verify(hostile.token, now);
    REQUIRE_FALSE(verdict);
    CHECK(verdict.error().problem == problems::unauthenticated);
  }
}

TEST_CASE("A MAC whose secret is the public key is refused, whatever the header says") {
  const WithPair with;
  const auto& key = pair.public_key();
  const auto der = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21" + std::string(1, '\0') + key.bytes();
  for (const auto& guessed : {key.bytes(), key.to_pem(), der, to_base64url(key.bytes()), thumbprint(key),
                              key.to_pem().substr(0, key.to_pem().size() - 1)})
    for (const std::string alg : {"HS256", "HS512", "EdDSA", "none"})
      for (const auto& kid : {std::string{}, R"(,"kid":")" + thumbprint(key) + "\""}) {
        const auto header = R"({"alg":")" + alg + R"(","typ":"at+jwt")" + kid + "}";
        CAPTURE(header, guessed);
        CHECK_FALSE(with.tokens.verify(with.forged(header, [&](auto& text) { return mac(guessed, text); }), now));
      }
}

TEST_CASE("A key id stands for one algorithm") {
  const WithPair with;
  const SecretJwtKey secret_key{secret};
  const auto by_secret = [](const std::string& text) { return mac(secret, text); };
  const auto by_pair = [](const std::string& text) { return pair.sign(text); };
  const auto header = [](const std::string& alg, const std::string& kid) {
    return R"({"typ":"at+jwt","alg":")" + alg + R"(","kid":")" + kid + "\"}";
  };
  const auto pair_id = thumbprint(pair.public_key());
  CHECK(with.tokens.verify(with.forged(header("HS256", secret_key.id()), by_secret), now));
  CHECK(with.tokens.verify(with.forged(header("EdDSA", pair_id), by_pair), now));
  CHECK_FALSE(with.tokens.verify(with.forged(header("HS256", pair_id), by_secret), now));
  CHECK_FALSE(with.tokens.verify(with.forged(header("HS256", pair_id), by_pair), now));
  CHECK_FALSE(with.tokens.verify(with.forged(header("EdDSA", secret_key.id()), by_pair), now));
  CHECK_FALSE(with.tokens.verify(with.forged(header("EdDSA", secret_key.id()), by_secret), now));
  CHECK_FALSE(with.tokens.verify(with.forged(header("EdDSA", pair_id), by_secret), now));
  CHECK_FALSE(with.tokens.verify(
      with.forged(header("EdDSA", pair_id), [](const std::string& text) { return other_pair.sign(text); }), now));
}

TEST_CASE("A key pair signs where there is one, and the tokens of the secret stay valid") {
  const WithPair with;
  const auto header = json::parse(header_of(with.good));
  CHECK(header.at("alg") == "EdDSA");
  CHECK(header.at("typ") == "at+jwt");
  CHECK(header.at("kid") == json::value(test::ed_thumbprint));
  const AccessTokens before{rules, {.current = secret, .previous = {}}};
  CHECK(with.tokens.verify(token_of(before), now));
  CHECK_FALSE(before.verify(with.good, now));
}

TEST_CASE("A previous public key's tokens are accepted, and it signs nothing") {
  const AccessTokens rotated{
      rules, {.current = secret, .previous = {}}, {.current = other_pair, .previous = pair.public_key()}};
  const WithPair before;
  CHECK(rotated.verify(before.good, now));
  const auto fresh = token_of(rotated);
  CHECK(rotated.verify(fresh, now));
  CHECK_FALSE(before.tokens.verify(fresh, now));
  const AccessTokens later{rules, {.current = secret, .previous = {}}, {.current = other_pair, .previous = {}}};
  CHECK_FALSE(later.verify(before.good, now));
  const EdJwtKey only_public{pair.public_key()};
  CHECK_THROWS_AS(only_public.sign("{}"), std::logic_error);
}

}  // namespace
}  // namespace guerdon::auth
