// See server_keys.hpp.
#include "runtime/server_keys.hpp"

#include "guerdon/crypto.hpp"

namespace guerdon {
namespace {

SigningKey passing_key(Random& random) {
  auto bytes = random_bytes<SigningKey::min_bytes>(random);
  SigningKey key{{reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
  wipe(bytes.data(), bytes.size());
  return key;
}

SigningKey signing_key(const AuthConfig& config, const DataFolder* folder, Random& random) {
  if (!config.jwt_secret_base64.empty()) return config.jwt_secret_base64;
  if (folder == nullptr) return passing_key(random);
  auto kept = folder->secret("jwt", random);
  SigningKey key{kept};
  wipe(kept);
  return key;
}

}  // namespace

ServerKeys load_keys(const AuthConfig& config, const DataFolder* folder, Random& random) {
  ServerKeys keys{signing_key(config, folder, random), {}};
  keys.cursors = as_text(hmac_sha256(keys.signing.bytes(), "guerdon cursors"));
  return keys;
}

}  // namespace guerdon
