// The signing secrets, and keys for one purpose each, made from a signing secret: what leaks of one says nothing about
// another.
#pragma once

#include <string>
#include <string_view>

#include "guerdon/crypto.hpp"

namespace guerdon::auth {

/// The bytes that tokens are signed with: random, 32 at least. Those signed with `previous` are still accepted, so
/// that a secret can be rotated; empty = there is none.
struct SigningSecrets {
  std::string current;
  std::string previous;
};

/// `purpose` is fixed for ever: changing it ends what the key had protected.
[[nodiscard]] inline Digest derive_key(std::string_view secret, std::string_view purpose) {
  return hmac_sha256(secret, purpose);
}

}  // namespace guerdon::auth
