// Refresh tokens are derived from the session and how often it was refreshed, never stored: the rows hold a counter,
// and the same counter gives the same token again.
#pragma once

#include <cstdint>
#include <string>

#include "guerdon/crypto.hpp"
#include "guerdon/ids.hpp"
#include "secrets.hpp"

namespace guerdon::auth {

/// Thread-safe.
class RefreshTokens {
 public:
  explicit RefreshTokens(const SigningSecrets& secrets);

  /// "rt_" and 75 characters: the session, the counter, and 256 bits that only the secret's holder can make.
  [[nodiscard]] std::string derive(SessionId session, std::int64_t counter) const;

 private:
  HmacKey key_;
};

}  // namespace guerdon::auth
