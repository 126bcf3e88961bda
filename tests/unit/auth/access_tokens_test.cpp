// Access tokens: what is issued is accepted, and everything that differs from it in any way is refused.
#include "modules/auth/access_tokens.hpp"

#include <catch2/catch.hpp>
#include <functional>

#include "guerdon/base64url.hpp"
#include "guerdon/json.hpp"
#include "support/result.hpp"

namespace guerdon::auth {
namespace {

using namespace std::chrono_literals;

const std::string secret(32, 'k');
const std::string other_secret(32, 'o');
const TokenRules rules{.issuer = "guerdon", .audience = "guerdon", .lifetime = 900s, .leeway = 60s};
const Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 10h + 123ms};

struct Issued {
  std::unique_ptr<Random> random = system_random();
  AccessTokens tokens{rules, {.current = secret, .previous = {}}};
  Bearer bearer{.user = UserId{IdSource{*random}.next(now)},
                .session = SessionId{IdSource{*random}.next(now)},
                .version = 3,
                .roles = {Role::user, Role::auditor}};
  std::string token = tokens.issue(bearer, now, *random);
};

std::vector<std::string> parts_of(const std::string& token) {
  std::vector<std::string> parts(1);
  for (const char c : token)
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

json::object json_of(const std::string& part) { return json::parse(*from_base64url(part)).as_object(); }

std::string sign(const std::string& header, const std::string& claims, const std::string& key = secret) {
  const auto text = to_base64url(header) + '.' + to_base64url(claims);
  const auto mac = hmac_sha256(key, text);
  return text + '.' + to_base64url(as_text(mac));
}

const std::string good_header = R"({"alg":"HS256","typ":"at+jwt"})";

/// The issued claims with a change, signed properly.
std::string with_claims(const Issued& issued, const std::function<void(json::object&)>& change) {
  auto claims = json_of(parts_of(issued.token)[1]);
  change(claims);
  return sign(good_header, json::serialize(claims));
}

std::string with_claim(const Issued& issued, std::string_view name, const json::value& value) {
  return with_claims(issued, [&](json::object& claims) { claims[name] = value; });
}

json::value text(std::string_view value) { return json::value(json::string{value}); }

std::string claims_text(const Issued& issued) { return *from_base64url(parts_of(issued.token)[1]); }

std::string code_of(const Result<Credential>& result) {
  return result ? "good" : std::string{result.error().problem.code};
}

std::string verdict(const Issued& issued, const std::string& token, Instant at = now) {
  return code_of(issued.tokens.verify(token, at));
}

TEST_CASE("An issued token is accepted and says whose it is") {
  const Issued issued;
  const auto credential = issued.tokens.verify(issued.token, now);
  REQUIRE(credential);
  CHECK(credential->user == issued.bearer.user);
  CHECK(credential->session == issued.bearer.session);
  CHECK(credential->version == 3);
  CHECK(credential->expires_at == std::chrono::floor<std::chrono::seconds>(now) + 900s);
}

TEST_CASE("A token has the header and the claims that the API promises") {
  const Issued issued;
  const auto parts = parts_of(issued.token);
  REQUIRE(parts.size() == 3);
  const auto header = json_of(parts[0]);
  CHECK(header.at("alg") == "HS256");
  CHECK(header.at("typ") == "at+jwt");
  CHECK(header.contains("kid"));
  const auto claims = json_of(parts[1]);
  CHECK(claims.at("iss") == "guerdon");
  CHECK(claims.at("aud") == "guerdon");
  CHECK(claims.at("sub") == text(issued.bearer.user.to_string()));
  CHECK(claims.at("sid") == text(issued.bearer.session.to_string()));
  CHECK(claims.at("ver") == 3);
  CHECK(claims.at("roles") == json::array{"USER", "AUDITOR"});
  CHECK(claims.at("iat") == claims.at("nbf"));
  CHECK(claims.at("exp").as_int64() - claims.at("iat").as_int64() == 900);
  CHECK(from_base64url(claims.at("jti").as_string())->size() == 16);
  CHECK(claims.size() == 10);
}

TEST_CASE("No two tokens are the same") {
  const Issued issued;
  CHECK(issued.token != issued.tokens.issue(issued.bearer, now, *issued.random));
}

TEST_CASE("A token is good until its end and a minute of leeway, then expired") {
  const Issued issued;
  const auto end = std::chrono::floor<std::chrono::seconds>(now) + 900s;
  CHECK(verdict(issued, issued.token, end + 60s - 1ms) == "good");
  CHECK(verdict(issued, issued.token, end + 60s) == "token-expired");
  CHECK(verdict(issued, issued.token, end + 365 * 24h) == "token-expired");
}

TEST_CASE("A token from the future is refused beyond a minute of leeway") {
  const Issued issued;
  const auto start = std::chrono::floor<std::chrono::seconds>(now);
  CHECK(verdict(issued, issued.token, start - 60s) == "good");
  CHECK(verdict(issued, issued.token, start - 60s - 1ms) == "unauthenticated");
}

TEST_CASE("A header may leave the key id out, and say its members in another order") {
  const Issued issued;
  CHECK(verdict(issued, sign(good_header, claims_text(issued))) == "good");
  CHECK(verdict(issued, sign(R"({ "typ":"at+jwt", "alg":"HS256" })", claims_text(issued))) == "good");
}

TEST_CASE("A claim that is not known is passed over") {
  const Issued issued;
  CHECK(verdict(issued, with_claim(issued, "scope", "everything")) == "good");
}

TEST_CASE("The roles in a token are for others: they may be missing or odd") {
  const Issued issued;
  CHECK(verdict(issued, with_claims(issued, [](json::object& claims) { claims.erase("roles"); })) == "good");
  CHECK(verdict(issued, with_claim(issued, "roles", "ADMIN")) == "good");
}

TEST_CASE("Headers that would choose how a token is checked are refused though the signature is right") {
  const Issued issued;
  for (const std::string header : {R"({"alg":"none","typ":"at+jwt"})",
                                   R"({"alg":"None","typ":"at+jwt"})",
                                   R"({"alg":"HS384","typ":"at+jwt"})",
                                   R"({"alg":"RS256","typ":"at+jwt"})",
                                   R"({"alg":"hs256","typ":"at+jwt"})",
                                   R"({"alg":"","typ":"at+jwt"})",
                                   R"({"typ":"at+jwt"})",
                                   R"({"alg":"HS256"})",
                                   R"({"alg":"HS256","typ":"JWT"})",
                                   R"({"alg":"HS256","typ":"AT+JWT"})",
                                   R"({"alg":"HS256","typ":"at+jwt","kid":"unknown"})",
                                   R"({"alg":"HS256","typ":"at+jwt","kid":"../../dev/null"})",
                                   R"({"alg":"HS256","typ":"at+jwt","kid":7})",
                                   R"({"alg":"HS256","typ":"at+jwt","crit":["exp"]})",
                                   R"({"alg":"HS256","typ":"at+jwt","jku":"https://attacker.example/jwks"})",
                                   R"({"alg":"HS256","typ":"at+jwt","jwk":{"kty":"oct","k":"AA"}})",
                                   R"({"alg":"HS256","typ":"at+jwt","x5u":"https://attacker.example/x"})",
                                   R"({"alg":"HS256","typ":"at+jwt","x5c":["AA"]})",
                                   R"({"alg":"HS256","typ":"at+jwt","b64":false})",
                                   R"({"alg":"HS256","typ":"at+jwt","zip":"DEF"})",
                                   R"({"alg":"none","alg":"HS256","typ":"at+jwt"})",
                                   R"({"alg":["HS256"],"typ":"at+jwt"})",
                                   R"(["HS256","at+jwt"])",
                                   R"("HS256")",
                                   "{}",
                                   "null",
                                   "not JSON",
                                   ""}) {
    CAPTURE(header);
    CHECK(verdict(issued, sign(header, claims_text(issued))) == "unauthenticated");
  }
}

TEST_CASE("Claims that are missing, of the wrong type or not ours are refused though the signature is right") {
  const Issued issued;
  for (const auto* name : {"iss", "aud", "sub", "sid", "ver", "iat", "nbf", "exp", "jti"}) {
    CAPTURE(name);
    CHECK(verdict(issued, with_claims(issued, [&](json::object& c) { c.erase(name); })) == "unauthenticated");
    CHECK(verdict(issued, with_claim(issued, name, nullptr)) == "unauthenticated");
    CHECK(verdict(issued, with_claim(issued, name, json::object{})) == "unauthenticated");
    CHECK(verdict(issued, with_claim(issued, name, true)) == "unauthenticated");
  }
  CHECK(verdict(issued, with_claim(issued, "iss", "another")) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "aud", "another")) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "aud", json::array{"guerdon"})) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "sub", text(issued.bearer.session.to_string()))) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "sid", "ses_")) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "jti", "short")) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "ver", "3")) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "ver", 3.5)) == "unauthenticated");
}

TEST_CASE("Times that don't fit the configured life are refused though the signature is right") {
  const Issued issued;
  const auto claims = json_of(parts_of(issued.token)[1]);
  const auto iat = claims.at("iat").as_int64();
  const auto exp = claims.at("exp").as_int64();
  CHECK(verdict(issued, with_claim(issued, "exp", exp + 1)) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "exp", exp - 1)) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "exp", 9'223'372'036'854'775'807)) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "iat", -9'223'372'036'854'775'807)) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "iat", iat - 1)) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "nbf", iat + 3600)) == "unauthenticated");
  CHECK(verdict(issued, with_claim(issued, "exp", static_cast<double>(exp) + 0.5)) == "unauthenticated");
  CHECK(verdict(issued, with_claims(issued, [&](json::object& c) {
                  c["iat"] = iat + 3600;
                  c["nbf"] = iat + 3600;
                  c["exp"] = exp + 3600;
                })) == "unauthenticated");
}

TEST_CASE("Claims that are not one JSON object without duplicates are refused though the signature is right") {
  const Issued issued;
  const auto claims = claims_text(issued);
  const std::string duplicate = R"({"sub":")" + UserId{}.to_string() + "\"," + claims.substr(1);
  for (const auto& bad : {std::string{}, std::string{"null"}, std::string{"[]"}, std::string{"\xff\xfe"},
                          claims + claims, claims + " x", claims.substr(0, claims.size() - 1), duplicate}) {
    CAPTURE(bad);
    CHECK(verdict(issued, sign(good_header, bad)) == "unauthenticated");
  }
}

TEST_CASE("Texts that are not three strictly encoded parts are refused") {
  const Issued issued;
  const auto parts = parts_of(issued.token);
  const auto& [header, claims, signature] = std::tie(parts[0], parts[1], parts[2]);
  for (const auto& bad : {std::string{},
                          std::string{"."},
                          std::string{".."},
                          std::string{"..."},
                          std::string{"a.b.c"},
                          header,
                          header + "." + claims,
                          header + "." + claims + ".",
                          "." + claims + "." + signature,
                          header + ".." + signature,
                          issued.token + ".",
                          issued.token + "." + signature,
                          issued.token + "=",
                          issued.token + "A",
                          " " + issued.token,
                          issued.token + " ",
                          issued.token + "\n",
                          "Bearer " + issued.token,
                          header + "=." + claims + "." + signature,
                          issued.token + std::string(1, '\0')}) {
    CAPTURE(bad);
    CHECK(verdict(issued, bad) == "unauthenticated");
  }
}

TEST_CASE("A changed byte anywhere in a token spoils it") {
  const Issued issued;
  for (std::size_t i = 0; i < issued.token.size(); ++i) {
    auto changed = issued.token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CAPTURE(i);
    CHECK(verdict(issued, changed) == "unauthenticated");
  }
}

TEST_CASE("A signature with trailing bits, or of another key or none, is refused") {
  const Issued issued;
  const auto parts = parts_of(issued.token);
  // The last of 43 characters carries four bits; the other two must be zero.
  auto loose = issued.token;
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  loose.back() = alphabet[alphabet.find(loose.back()) + 1];
  CHECK(verdict(issued, loose) == "unauthenticated");
  CHECK(verdict(issued, sign(good_header, claims_text(issued), other_secret)) == "unauthenticated");
  CHECK(verdict(issued, sign(good_header, claims_text(issued), "")) == "unauthenticated");
  CHECK(verdict(issued, parts[0] + "." + parts[1] + "." + to_base64url(std::string(32, '\0'))) == "unauthenticated");
  CHECK(verdict(issued, parts[0] + "." + parts[1] + "." + parts[2].substr(0, 22)) == "unauthenticated");
}

TEST_CASE("The standard base64 alphabet is refused") {
  const Issued issued;
  // A claim of characters whose encoding needs the two that differ.
  auto token = with_claim(issued, "pad", "\xf0\x9f\x92\xbf\xf0\x9f\x92\xbf~~~\?\?\?>>>");
  REQUIRE(verdict(issued, token) == "good");
  const auto found = token.find_first_of("-_");
  REQUIRE(found != std::string::npos);
  token[found] = token[found] == '-' ? '+' : '/';
  CHECK(verdict(issued, token) == "unauthenticated");
}

TEST_CASE("A token of more than 2 KiB is refused before it is looked at") {
  const Issued issued;
  const auto padded = [&](std::size_t size) { return with_claim(issued, "pad", text(std::string(size, 'x'))); };
  CHECK(verdict(issued, padded(900)) == "good");
  REQUIRE(padded(1600).size() > max_token_size);
  CHECK(verdict(issued, padded(1600)) == "unauthenticated");
}

TEST_CASE("Tokens of the secret before this one are accepted, and none is signed with it") {
  const Issued issued;
  const AccessTokens rotated{rules, {.current = other_secret, .previous = secret}};
  CHECK(code_of(rotated.verify(issued.token, now)) == "good");
  CHECK(code_of(rotated.verify(sign(good_header, claims_text(issued)), now)) == "good");
  const auto fresh = rotated.issue(issued.bearer, now, *issued.random);
  CHECK(code_of(rotated.verify(fresh, now)) == "good");
  CHECK(verdict(issued, fresh) == "unauthenticated");
  const AccessTokens later{rules, {.current = other_secret, .previous = {}}};
  CHECK(code_of(later.verify(issued.token, now)) == "unauthenticated");
}

TEST_CASE("A key id does not help a signature of the other key") {
  const AccessTokens rotated{rules, {.current = other_secret, .previous = secret}};
  const Issued issued;
  const SecretJwtKey key{secret};
  const auto header = R"({"alg":"HS256","typ":"at+jwt","kid":")" + key.id() + "\"}";
  CHECK(code_of(rotated.verify(sign(header, claims_text(issued), secret), now)) == "good");
  CHECK(code_of(rotated.verify(sign(header, claims_text(issued), other_secret), now)) == "unauthenticated");
}

TEST_CASE("A short secret and a life below a second are refused at the start") {
  CHECK_THROWS_AS((AccessTokens{rules, {.current = std::string(31, 'k'), .previous = {}}}), std::invalid_argument);
  CHECK_THROWS_AS((AccessTokens{rules, {.current = secret, .previous = "short"}}), std::invalid_argument);
  auto none = rules;
  none.lifetime = 0s;
  CHECK_THROWS_AS((AccessTokens{none, {.current = secret, .previous = {}}}), std::invalid_argument);
}

}  // namespace
}  // namespace guerdon::auth
