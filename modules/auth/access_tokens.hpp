// Access tokens: what they claim, and whether a text is a good one. Whether its session still lives is for the rows to
// say: see Authenticator.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/caller.hpp"
#include "guerdon/random.hpp"
#include "guerdon/result.hpp"
#include "jwt.hpp"
#include "secrets.hpp"

namespace guerdon::auth {

struct TokenRules {
  std::string issuer;
  std::string audience;
  std::chrono::seconds lifetime{900};
  std::chrono::seconds leeway{60};  ///< between the clocks of servers
};

struct Bearer {
  UserId user;
  SessionId session;
  std::int64_t version = 0;
  RoleSet roles;
};

/// With a private key tokens are signed with it; those of the previous one, and of the secrets, are accepted.
struct Ed25519Keys {
  Ed25519PrivateKey current = {};
  Ed25519PublicKey previous = {};
};

/// Thread-safe.
class AccessTokens {
 public:
  /// Throws std::invalid_argument for a secret that is too short or a life of less than a second.
  AccessTokens(TokenRules rules, const SigningSecrets& secrets, const Ed25519Keys& pairs = {});

  [[nodiscard]] const TokenRules& rules() const noexcept { return rules_; }

  [[nodiscard]] std::string issue(const Bearer& bearer, Instant now, Random& random) const;

  /// Errors: unauthenticated for whatever is not a token of ours, token-expired for one that was.
  [[nodiscard]] Result<Credential> verify(std::string_view token, Instant now) const;

 private:
  TokenRules rules_;
  std::vector<std::unique_ptr<JwtKey>> keys_;  ///< the first one signs
};

}  // namespace guerdon::auth
