// Changing one's own account: the password is checked and hashed in the task pool, the command looks again.
#pragma once

#include "../accounts.hpp"
#include "../basic_response.hpp"
#include "../sessions/session_copies.hpp"
#include "../throttle/throttle.hpp"
#include "dto.hpp"
#include "repository.hpp"

namespace guerdon::auth {

inline constexpr Problem wrong_password{403, "wrong-password"};

/// What is to be changed, and whether whoever asks for it may.
struct AccountChange {
  AccountUpdate update;
  bool was_checked = false;  ///< the current password, which was needed
  bool right = true;         ///< what was checked
};

class OwnAccount {
 public:
  using Verify = bool (*)(std::string_view phc, std::string_view password);

  OwnAccount(const AuthConfig& config, Random& random, const LoginThrottle& throttle, Verify verify = verify_password,
             SessionCopies copies = SessionCopies{})
      : config_(config), random_(random), throttle_(throttle), verify_(verify), copies_(copies) {}

  /// Verifies and hashes only what it must. Errors: validation-failed, every fault at once; token-revoked,
  /// too-many-attempts.
  [[nodiscard]] Result<AccountChange> prepare_change(Snapshot& snapshot, const Caller& caller,
                                                     const Decoded<UpdateInfoRequest>& request) const;

  /// Kills the access tokens made so far; a new password ends the session. Publishes UserUpdated. Wrong current
  /// passwords are counted by the rules of failed log-ins, but apart from them, and that is kept.
  /// Errors: wrong-password, email-taken, token-revoked, too-many-attempts.
  [[nodiscard]] Result<BasicResponse> change(Tx& tx, const Caller& caller, const AccountChange& change) const;

 private:
  const AuthConfig& config_;
  Random& random_;
  const LoginThrottle& throttle_;
  Verify verify_;
  SessionCopies copies_;
};

}  // namespace guerdon::auth
