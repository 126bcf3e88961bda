// Setting a password by a token that an ADMIN hands over: nobody sets the password of an existing account themselves.
#pragma once

#include <chrono>

#include "../basic_response.hpp"
#include "../sessions/session_copies.hpp"
#include "dto.hpp"
#include "guerdon/config.hpp"
#include "guerdon/random.hpp"
#include "repository.hpp"

namespace guerdon::auth {

/// One answer for every token that is not good, whatever is wrong with it.
inline constexpr Problem reset_token_invalid{400, "reset-token-invalid"};
inline constexpr Problem own_password{403, "own-password"};

/// A password on its way in, hashed; the command looks again at whether the token is still good.
struct PreparedPassword {
  UserId user;
  Bytes token_hash;
  std::string password_hash;
};

class PasswordResets {
 public:
  static constexpr std::chrono::hours lifetime{1};

  PasswordResets(const AuthConfig& config, Random& random, SessionCopies copies = SessionCopies{})
      : config_(config), random_(random), copies_(copies) {}

  /// A token for an account of this transaction, instead of the one before. It is stored nowhere: only its SHA-256.
  [[nodiscard]] ResetTicket issue(Tx& tx, const Caller& caller, UserId user) const;

  /// The same for another's account, recorded. Errors: own-password, not-found, user-deleted.
  [[nodiscard]] Result<ResetTicket> start(Tx& tx, const Caller& caller, UserId user) const;

  /// Hashes: in the task pool, and only for a good token. Errors: reset-token-invalid; validation-failed, which leaves
  /// the token as it was.
  [[nodiscard]] Result<PreparedPassword> prepare(Snapshot& snapshot, const SetPasswordRequest& request) const;

  /// Spends the token, ends the session and kills every access token. Errors: reset-token-invalid.
  [[nodiscard]] Result<BasicResponse> set_password(Tx& tx, const Caller& caller,
                                                   const PreparedPassword& prepared) const;

 private:
  const AuthConfig& config_;
  Random& random_;
  SessionCopies copies_;
};

}  // namespace guerdon::auth
