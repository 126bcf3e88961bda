// What attackers send, against the keys that might be fooled by it.
#include <catch2/catch.hpp>
#include <set>

#include "modules/auth/access_tokens.hpp"
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

}  // namespace
}  // namespace guerdon::auth
