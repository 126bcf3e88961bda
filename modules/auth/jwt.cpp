// The signature is checked before anything of the payload is read.
#include "jwt.hpp"

#include <stdexcept>

#include "guerdon/base64url.hpp"
#include "guerdon/json.hpp"

namespace guerdon::auth {
namespace {

struct Header {
  std::string alg;
  std::string typ;
  Omittable<std::string> kid;
};
BOOST_DESCRIBE_STRUCT(Header, (), (alg, typ, kid))

constexpr std::string_view token_type = "at+jwt";

struct Parts {
  std::string_view header, claims, signature;
  std::string_view signed_text;  ///< header.claims
};

/// Exactly three parts, none empty.
std::optional<Parts> split(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  const Parts parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
                    token.substr(0, second)};
  if (parts.header.empty() || parts.claims.empty() || parts.signature.empty()) return std::nullopt;
  return parts;
}

std::optional<json::value> decode_part(std::string_view part) {
  const auto text = from_base64url(part);
  if (!text) return std::nullopt;
  auto value = parse_json(*text);
  if (!value) return std::nullopt;
  return *std::move(value);
}

/// A header of ours, perhaps in another spelling. A member that is not known is refused: `crit`, `jku`, `jwk`, `x5u`
/// and `x5c` must be, and nothing else has a meaning here.
std::optional<Header> read_header(std::string_view part) {
  const auto value = decode_part(part);
  if (!value) return std::nullopt;
  auto header = decode<Header>(*value, Unknown::refuse);
  if (header && !header->kid && value->as_object().contains("kid")) return std::nullopt;  // null
  if (!header || header->typ != token_type) return std::nullopt;
  return *std::move(header);
}

}  // namespace

JwtKey::JwtKey(std::string_view algorithm, std::string id) : algorithm_(algorithm), id_(std::move(id)) {
  header_ = to_base64url(to_json(
      Header{.alg = std::string{algorithm}, .typ = std::string{token_type}, .kid = Omittable<std::string>{id_}}));
}

std::string JwtKey::sign(std::string_view claims) const {
  std::string token = header_ + '.' + to_base64url(claims);
  const auto signature = signature_of(token);
  token += '.';
  token += to_base64url(signature);
  return token;
}

SecretJwtKey::SecretJwtKey(std::string_view secret)
    : JwtKey("HS256", to_hex(sha256(secret)).substr(0, 8)), key_(secret) {
  if (secret.size() < min_secret) throw std::invalid_argument("the signing secret must have at least 32 bytes");
}

std::string SecretJwtKey::signature_of(std::string_view text) const { return std::string{as_text(key_.sign(text))}; }

bool SecretJwtKey::has_signed(std::string_view text, std::string_view signature) const {
  return constant_time_equal(signature, as_text(key_.sign(text)));
}

std::string thumbprint(const Ed25519PublicKey& key) {
  return to_base64url(as_text(sha256(R"({"crv":"Ed25519","kty":"OKP","x":")" + to_base64url(key.bytes()) + "\"}")));
}

EdJwtKey::EdJwtKey(const Ed25519PrivateKey& key)
    : JwtKey("EdDSA", thumbprint(key.public_key())), private_(key), public_(key.public_key()) {}

EdJwtKey::EdJwtKey(const Ed25519PublicKey& key) : JwtKey("EdDSA", thumbprint(key)), public_(key) {}

std::string EdJwtKey::signature_of(std::string_view text) const {
  if (private_.empty()) throw std::logic_error("a public key signs nothing");
  return private_.sign(text);
}

bool EdJwtKey::has_signed(std::string_view text, std::string_view signature) const {
  return public_.has_signed(text, signature);
}

std::optional<json::value> open_jwt(std::string_view token, std::span<const std::unique_ptr<JwtKey>> keys) {
  if (token.size() > max_token_size) return std::nullopt;
  const auto parts = split(token);
  if (!parts) return std::nullopt;
  const auto signature = from_base64url(parts->signature);
  if (!signature) return std::nullopt;

  std::optional<Header> header;  // read only where it is not literally one of ours
  for (const auto& key : keys) {
    if (parts->header != key->header_) {
      if (!header && !(header = read_header(parts->header))) return std::nullopt;
      if (header->alg != key->algorithm_ || (header->kid && *header->kid != key->id_)) continue;
    }
    if (key->has_signed(parts->signed_text, *signature)) return decode_part(parts->claims);
  }
  return std::nullopt;
}

}  // namespace guerdon::auth
