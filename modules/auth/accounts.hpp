// Making accounts and showing them.
#pragma once

#include <chrono>

#include "auth/ports.hpp"
#include "dto.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/codec/decoded.hpp"
#include "guerdon/config.hpp"
#include "guerdon/password.hpp"
#include "removal/tombstones.hpp"
#include "repository.hpp"

namespace guerdon::auth {

inline constexpr Problem invite_code_unknown{400, "invite-code-unknown"};

[[nodiscard]] PasswordCost password_cost(const AuthConfig& config);
[[nodiscard]] PasswordPolicy password_policy(const AuthConfig& config);

[[nodiscard]] Account account_of(const AccountRow& row);

/// As they stand in JSON.
[[nodiscard]] json::array wire_roles(RoleSet roles);

/// In the audit log, and what of it a removed account had. Last in its transaction.
void record_creation(Tx& tx, const Caller& caller, UserId id, RoleSet roles, const Returned& returned = {});

class Accounts {
 public:
  Accounts(const AuthConfig& config, Random& random, const Tombstones& tombstones)
      : config_(config), random_(random), tombstones_(tombstones) {}

  /// Hashes the password: in the task pool. Errors: validation-failed, username-taken, email-taken,
  /// invite-code-unknown.
  [[nodiscard]] Result<NewAccount> prepare_registration(Snapshot& snapshot,
                                                        const Decoded<RegisterRequest>& request) const;
  /// The audit log has the account itself as the one who made it. Who comes back with the address of a removed account
  /// is nobody's invited friend. Errors: username-taken, email-taken.
  [[nodiscard]] Result<Account> add_registered(Tx& tx, const Caller& caller, const NewAccount& account) const;

  /// Errors: not-found.
  [[nodiscard]] Result<Account> get_account(Snapshot& snapshot, UserId id) const;

 private:
  const AuthConfig& config_;
  Random& random_;
  const Tombstones& tombstones_;
};

}  // namespace guerdon::auth
