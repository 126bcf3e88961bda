// The text of a service key: "key_", 26 characters of its id, "_", 43 of its secret. Only a digest of the secret is
// ever kept.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "guerdon/crypto.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/random.hpp"

namespace guerdon::auth {

struct NewServiceKey {
  std::string text;  ///< what the caller will show; told once
  Digest digest;     ///< of its secret
};

/// Its secret is 32 random bytes.
[[nodiscard]] NewServiceKey make_service_key(KeyId id, Random& random);

struct ServiceKey {
  KeyId id;
  Digest digest;
};

/// Whether a bearer means to be a service key rather than an access token.
[[nodiscard]] bool is_service_key(std::string_view bearer);

/// Strictly: every key has exactly one text. Nothing for any other.
[[nodiscard]] std::optional<ServiceKey> parse_service_key(std::string_view text);

}  // namespace guerdon::auth
