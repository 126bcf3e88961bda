// Sessions that go on, and their end: refresh and log-out. How one begins is login.hpp's.
#pragma once

#include <chrono>
#include <optional>

#include "../access_tokens.hpp"
#include "../basic_response.hpp"
#include "../dto.hpp"
#include "../refresh_tokens.hpp"
#include "dto.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/config_types.hpp"
#include "guerdon/crypto.hpp"
#include "repository.hpp"
#include "session_copies.hpp"

namespace guerdon::auth {

struct SessionRules {
  std::chrono::seconds grace{10};      ///< in which a spent token gives its successor again
  std::optional<Allowance> refreshes;  ///< of one user; nothing: as often as they like
};

/// Thread-safe.
class Sessions {
 public:
  Sessions(SessionRules rules, const AccessTokens& tokens, const SigningSecrets& secrets,
           SessionCopies copies = SessionCopies{});

  /// The token of the body, or else the Bearer. It is spent, and the access token made with it dies. The one spent just
  /// before gives the same answer again, but for the life that is left; one spent longer ago ends the session,
  /// publishes RefreshTokenReused, and that is kept. Errors: unauthenticated, token-expired, token-revoked,
  /// too-many-requests.
  [[nodiscard]] Result<LoginResponse> refresh(Tx& tx, const Caller& caller, const RefreshRequest& request) const;

  /// Both tokens are dead from now on. Publishes LoggedOut. Errors: token-revoked.
  [[nodiscard]] Result<BasicResponse> log_out(Tx& tx, const Caller& caller) const;

 private:
  [[nodiscard]] Error revoke(Tx& tx, const Caller& caller, UserId user, SessionId session) const;
  [[nodiscard]] Result<Instant> take_from_bucket(Instant full_at, Instant now) const;
  [[nodiscard]] LoginResponse answer(const AccountRow& account, const RefreshClaim& successor,
                                     const SessionRow& session, Instant now) const;

  SessionRules rules_;
  const AccessTokens& access_tokens_;
  RefreshTokens refresh_tokens_;
  HmacKey token_id_key_;
  SessionCopies copies_;
};

}  // namespace guerdon::auth
