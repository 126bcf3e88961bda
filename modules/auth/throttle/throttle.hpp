// Guessing passwords is slowed down: failures are counted for each account (or name that is nobody's) and each address,
// and too many lock it out for a while. Kept in rows, so that neither a restart nor another server forgets. Whoever has
// a live session is not touched, and is counted apart: strangers' guesses do not keep the owner from a new password.
#pragma once

#include <optional>
#include <string_view>

#include "../secrets.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/crypto.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon::auth {

inline constexpr Problem too_many_attempts{429, "too-many-attempts"};

/// Whose password was tried: an account's, under whatever name, or nobody's under this one.
struct Tried {
  std::optional<UserId> user;
  std::string_view name;    ///< asked only without a user
  bool in_session = false;  ///< by who is logged in as that user: a count of its own, and no address's
};

class LoginThrottle {
 public:
  /// `locks_addresses`: limits.enabled. Accounts are locked in any case.
  LoginThrottle(const SigningSecrets& secrets, bool locks_addresses);

  /// Before a password is hashed, and again in the command. It makes no difference whether the name is anybody's.
  /// Errors: too-many-attempts.
  [[nodiscard]] Result<void> check(Snapshot& snapshot, const Caller& caller, const Tried& tried) const;

  /// Counts a wrong password, in a transaction that is committed although the call is refused; publishes
  /// BruteForceSuspected when a lock begins. An attempt while locked counts for nothing and makes no lock longer.
  /// Errors: too-many-attempts.
  [[nodiscard]] Result<void> note_failure(Tx& tx, const Caller& caller, const Tried& tried) const;

  /// A right password ends the account's count, not the address's. Errors: too-many-attempts, where a concurrent
  /// failure has just locked it.
  [[nodiscard]] Result<void> note_success(Tx& tx, const Caller& caller, const Tried& tried) const;

 private:
  [[nodiscard]] Digest key_of(const Tried& tried) const;
  [[nodiscard]] Digest key_of_address(const Caller& caller) const;
  void count_at_address(Tx& tx, const Caller& caller) const;

  HmacKey key_;
  bool locks_addresses_;
};

/// Forgets the account's failures and lifts its locks, whatever they are: for a password that was reset, and when the
/// account goes for good.
void clear_throttle(Tx& tx, UserId user);

/// Removes some of what means nothing any more, and of what is more than can be kept; how many.
std::int64_t prune_throttle(Tx& tx, std::int64_t limit);

}  // namespace guerdon::auth
