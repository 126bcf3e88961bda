// Logging in: the password is checked in the task pool, the session begins in the command.
#pragma once

#include "access_tokens.hpp"
#include "auth/messages.hpp"
#include "dto.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/config.hpp"
#include "guerdon/password.hpp"
#include "name_keys.hpp"
#include "refresh_tokens.hpp"
#include "repository.hpp"
#include "sessions/session_copies.hpp"
#include "throttle/throttle.hpp"

namespace guerdon::auth {

inline constexpr Problem bad_credentials{401, "bad-credentials"};
inline constexpr Problem account_suspended{403, "account-suspended"};

/// What checking a password found; the command looks again at what may have changed since.
struct PasswordCheck {
  std::optional<UserId> user;  ///< whose name was given, if anybody's
  std::int64_t password_version = 0;
  bool right = false;
  std::optional<std::string> better_hash;  ///< where the stored one is below today's policy
};

class Login {
 public:
  using Verify = bool (*)(std::string_view phc, std::string_view password);

  Login(const AuthConfig& config, Random& random, const AccessTokens& tokens, const SigningSecrets& secrets,
        const LoginThrottle& throttle, Verify verify = verify_password, SessionCopies copies = SessionCopies{});

  /// Verifies one hash, for an unknown name a decoy of today's cost; none while the name or the address is locked.
  /// Errors: validation-failed, too-many-attempts.
  [[nodiscard]] Result<PasswordCheck> check_password(Snapshot& snapshot, const Caller& caller,
                                                     const LoginRequest& request) const;

  /// Ends the user's session before this one. Publishes UserLoggedIn and LoginSucceeded, or LoginFailed, which is kept.
  /// Errors: bad-credentials, account-suspended, too-many-attempts.
  [[nodiscard]] Result<LoginResponse> log_in(Tx& tx, const Caller& caller, const LoginRequest& request,
                                             const PasswordCheck& check) const;

 private:
  [[nodiscard]] Error refuse(Tx& tx, const Caller& caller, const LoginRequest& request, std::optional<UserId> user,
                             LoginFailure reason) const;

  const AuthConfig& config_;
  Random& random_;
  const AccessTokens& access_tokens_;
  RefreshTokens refresh_tokens_;
  const LoginThrottle& throttle_;
  NameKeys name_keys_;
  std::string decoy_;
  Verify verify_;
  SessionCopies copies_;
};

}  // namespace guerdon::auth
