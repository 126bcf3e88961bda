// What an ADMIN does to accounts. Each change is published and recorded in the transaction that makes it; one that
// changes nothing has no effects at all.
#pragma once

#include "../basic_response.hpp"
#include "directory.hpp"
#include "guerdon/codec/decoded.hpp"
#include "guerdon/routes.hpp"
#include "last_admin.hpp"
#include "password_resets.hpp"

namespace guerdon::auth {

inline constexpr Problem own_roles{403, "own-roles"};
inline constexpr Problem own_status{403, "own-status"};
inline constexpr Problem own_details{403, "own-details"};

class Administration {
 public:
  Administration(const AuthConfig& config, Random& random, const PasswordResets& resets,
                 SessionCopies copies = SessionCopies{})
      : config_(config), random_(random), resets_(resets), copies_(copies) {}

  /// Hashes the password, if there is one: in the task pool. Reserved names are allowed. Errors: validation-failed,
  /// username-taken, email-taken.
  [[nodiscard]] Result<NewAccount> prepare_account(Snapshot& snapshot,
                                                   const Decoded<CreateAccountRequest>& request) const;
  /// An answer with a token is not kept for repeats. Errors: username-taken, email-taken.
  [[nodiscard]] Result<Reply<CreatedAccount>> add_account(Tx& tx, const Caller& caller, const NewAccount& account,
                                                          bool has_password) const;

  /// Kills the access token, not the session. Errors: own-details, not-found, user-deleted, email-taken.
  [[nodiscard]] Result<AccountView> update(Tx& tx, const Caller& caller, UserId id,
                                           const UpdateAccountRequest& request) const;

  /// Ends the session. Errors: own-roles, last-admin, not-found, user-deleted.
  [[nodiscard]] Result<BasicResponse> change_roles(Tx& tx, const Caller& caller, UserId id, RoleSet roles) const;

  /// Ends the session. Errors: own-status, last-admin, not-found, user-deleted.
  [[nodiscard]] Result<AccountView> change_status(Tx& tx, const Caller& caller, UserId id,
                                                  const StatusRequest& request) const;

 private:
  const AuthConfig& config_;
  Random& random_;
  const PasswordResets& resets_;
  SessionCopies copies_;
};

}  // namespace guerdon::auth
