#include "service_key.hpp"

#include "guerdon/base64url.hpp"

namespace guerdon::auth {
namespace {

constexpr std::size_t secret_size = 32;  // bytes
constexpr std::size_t id_size = KeyId::prefix.size() + 1 + uuid_text_size;
constexpr std::size_t text_size = id_size + 1 + 43;

}  // namespace

NewServiceKey make_service_key(KeyId id, Random& random) {
  auto secret = random_bytes<secret_size>(random);
  const std::string_view bytes{reinterpret_cast<const char*>(secret.data()), secret.size()};
  NewServiceKey made{.text = id.to_string() + "_" + to_base64url(bytes), .digest = sha256(bytes)};
  wipe(secret.data(), secret.size());
  return made;
}

bool is_service_key(std::string_view bearer) { return bearer.starts_with("key_"); }

std::optional<ServiceKey> parse_service_key(std::string_view text) {
  if (text.size() != text_size || text[id_size] != '_') return std::nullopt;
  const auto id = KeyId::parse(text.substr(0, id_size));
  auto secret = from_base64url(text.substr(id_size + 1));
  if (!id || !secret || secret->size() != secret_size) return std::nullopt;
  const ServiceKey key{.id = *id, .digest = sha256(*secret)};
  wipe(*secret);
  return key;
}

}  // namespace guerdon::auth
