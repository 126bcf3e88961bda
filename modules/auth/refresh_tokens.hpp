// Refresh tokens are derived from the session and how often it was refreshed, never stored: the rows hold a counter,
// and the same counter gives the same token again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guerdon/crypto.hpp"
#include "guerdon/ids.hpp"
#include "secrets.hpp"

namespace guerdon::auth {

/// What a refresh token says: which session, and which of its tokens in turn.
struct RefreshClaim {
  SessionId session;
  std::int64_t counter = 0;

  friend bool operator==(const RefreshClaim&, const RefreshClaim&) = default;
};

/// Thread-safe.
class RefreshTokens {
 public:
  explicit RefreshTokens(const SigningSecrets& secrets);

  /// "rt_" and 75 characters: the session, the counter, and 256 bits that only the secret's holder can make.
  [[nodiscard]] std::string derive(SessionId session, std::int64_t counter) const;

  /// Nothing for a text that was not made by derive, here or with the secret before this one.
  [[nodiscard]] std::optional<RefreshClaim> open(std::string_view token) const;

 private:
  HmacKey key_;
  std::optional<HmacKey> previous_;
};

}  // namespace guerdon::auth
