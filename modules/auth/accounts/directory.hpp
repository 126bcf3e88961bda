// Looking accounts up: who sees which, and how much of each.
#pragma once

#include "dto.hpp"
#include "guerdon/cursor.hpp"
#include "repository.hpp"

namespace guerdon::auth {

/// "a***@example.com": who may not see the address may still tell which provider it is with.
[[nodiscard]] std::string masked_email(std::string_view email);

/// As the caller may see it: the e-mail address in clear, profile and invite code only for an ADMIN and for its owner.
[[nodiscard]] AccountView view_for(const Caller& caller, const FullAccountRow& row);

class Directory {
 public:
  explicit Directory(const CursorCodec& cursors) : cursors_(cursors) {}

  /// Is the name taken, or given to nobody?
  [[nodiscard]] Result<NameCheck> check_name(Snapshot& snapshot, const Username& username) const;

  /// Newest first. Those going or gone only where they are asked for, by includeDeleted or their status.
  /// Errors: forbidden for an OPERATOR who asks for those; validation-failed for a foreign cursor.
  [[nodiscard]] Result<Page<AccountView>> list_accounts(Snapshot& snapshot, const Caller& caller,
                                                        const AccountListQuery& query) const;

  /// Errors: not-found, for an account that the caller may not see too.
  [[nodiscard]] Result<AccountView> get_account(Snapshot& snapshot, const Caller& caller, UserId id) const;

 private:
  const CursorCodec& cursors_;
};

}  // namespace guerdon::auth
