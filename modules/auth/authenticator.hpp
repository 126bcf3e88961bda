// Who a Bearer token speaks for. The token proves itself; the rows decide whether its session and version still stand.
// A service key is nothing but its row.
#pragma once

#include "access_tokens.hpp"
#include "guerdon/caller.hpp"

namespace guerdon::auth {

class TokenAuthenticator final : public Authenticator {
 public:
  explicit TokenAuthenticator(const AccessTokens& tokens) : tokens_(tokens) {}

  [[nodiscard]] Result<Credential> verify(std::string_view bearer, Instant now) override;
  [[nodiscard]] Result<Standing> admit(Snapshot& snapshot, const Credential& credential) override;

 private:
  const AccessTokens& tokens_;
};

}  // namespace guerdon::auth
