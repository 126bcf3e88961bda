// Every claim is required and checked; a claim that is not known is passed over. Roles are claimed for other services'
// convenience: here they come from the user's row.
#include "access_tokens.hpp"

#include <stdexcept>

#include "guerdon/base64url.hpp"

namespace guerdon::auth {
namespace {

using std::chrono::seconds;

constexpr std::size_t jti_size = 16;  // bytes

struct Claims {
  std::string iss;
  std::string aud;
  UserId sub;
  SessionId sid;
  std::int64_t ver = 0;
  std::int64_t iat = 0;
  std::int64_t nbf = 0;
  std::int64_t exp = 0;
  std::string jti;
};
BOOST_DESCRIBE_STRUCT(Claims, (), (iss, aud, sub, sid, ver, iat, nbf, exp, jti))

struct IssuedClaims : Claims {
  std::vector<Role> roles;
};
BOOST_DESCRIBE_STRUCT(IssuedClaims, (Claims), (roles))

/// Beyond these no sum below can overflow; in seconds since 1970.
constexpr std::int64_t last_second = 253'402'300'799;  // of the year 9999

bool is_time(std::int64_t second) { return second >= 0 && second <= last_second; }

Instant at(std::int64_t second) { return Instant{seconds{second}}; }

bool is_jti(std::string_view text) {
  const auto bytes = from_base64url(text);
  return bytes && bytes->size() == jti_size;
}

Error refusal() { return {problems::unauthenticated, "The access token is not valid."}; }

}  // namespace

AccessTokens::AccessTokens(TokenRules rules, const SigningSecrets& secrets, const Ed25519Keys& pairs)
    : rules_(std::move(rules)) {
  if (rules_.lifetime < seconds{1}) throw std::invalid_argument("an access token must live for a second at least");
  if (!pairs.current.empty()) keys_.push_back(std::make_unique<EdJwtKey>(pairs.current));
  keys_.push_back(std::make_unique<SecretJwtKey>(secrets.current));
  if (!secrets.previous.empty()) keys_.push_back(std::make_unique<SecretJwtKey>(secrets.previous));
  if (!pairs.previous.empty()) keys_.push_back(std::make_unique<EdJwtKey>(pairs.previous));
}

std::string AccessTokens::issue(const Bearer& bearer, Instant now, Random& random) const {
  const auto noise = random_bytes<jti_size>(random);
  const auto second = std::chrono::floor<seconds>(now).time_since_epoch().count();
  IssuedClaims claims;
  claims.iss = rules_.issuer;
  claims.aud = rules_.audience;
  claims.sub = bearer.user;
  claims.sid = bearer.session;
  claims.ver = bearer.version;
  claims.iat = second;
  claims.nbf = second;
  claims.exp = second + rules_.lifetime.count();
  claims.jti = to_base64url({reinterpret_cast<const char*>(noise.data()), noise.size()});
  claims.roles = bearer.roles.list();
  return keys_.front()->sign(to_json(claims));
}

Result<Credential> AccessTokens::verify(std::string_view token, Instant now) const {
  const auto opened = open_jwt(token, keys_);
  if (!opened) return refusal();
  const auto claims = decode<Claims>(*opened, Unknown::ignore);
  if (!claims) return refusal();
  if (claims->iss != rules_.issuer || claims->aud != rules_.audience || !is_jti(claims->jti)) return refusal();
  if (!is_time(claims->iat) || !is_time(claims->nbf) || !is_time(claims->exp)) return refusal();
  if (claims->exp - claims->iat != rules_.lifetime.count()) return refusal();
  if (at(claims->iat) > now + rules_.leeway || at(claims->nbf) > now + rules_.leeway) return refusal();
  if (now >= at(claims->exp) + rules_.leeway)
    return Error{problems::token_expired, "The access token has expired: refresh it or log in again."};
  return Credential{.user = claims->sub,
                    .session = claims->sid,
                    .version = claims->ver,
                    .key = {},
                    .key_digest = {},
                    .expires_at = at(claims->exp)};
}

}  // namespace guerdon::auth
