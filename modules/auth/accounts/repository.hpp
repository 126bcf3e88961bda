// The rows of administration: accounts as staff see them, and password resets. SQL only; no decisions.
#pragma once

#include "../repository.hpp"
#include "guerdon/actor.hpp"

namespace guerdon::auth {

struct FullAccountRow : AccountRow {
  std::optional<std::string> status_reason;
  std::optional<Instant> deleted_at;
};
BOOST_DESCRIBE_STRUCT(FullAccountRow, (AccountRow), (status_reason, deleted_at))

std::optional<FullAccountRow> find_account(Snapshot& snapshot, UserId id);
/// The same, with the account's row lock.
std::optional<FullAccountRow> lock_account(Tx& tx, UserId id);

struct AccountFilter {
  std::optional<Role> role;
  std::optional<AccountStatus> status;
  bool with_leaving = false;             ///< those that are going or gone
  std::optional<std::string> name_like;  ///< a pattern in lower case
  bool like_emails = false;              ///< look for it in e-mail addresses too
};

/// At most `limit`, newest first, with ids below `before`.
std::vector<FullAccountRow> page_accounts(Snapshot& snapshot, const AccountFilter& filter, std::optional<Uuid> before,
                                          std::int64_t limit);

/// These three raise the version, so that access tokens made before are dead.
void save_roles(Tx& tx, UserId id, RoleSet roles);
void save_status(Tx& tx, UserId id, AccountStatus status, const std::optional<std::string>& reason);
/// False if the e-mail address is another account's.
bool save_details(Tx& tx, UserId id, std::string_view email, const json::object& profile);

/// The user's only reset from now on. The account's row is locked.
void replace_reset(Tx& tx, UserId user, const Bytes& token_hash, const ActorId& issued_by, Instant expires_at);

/// Whose password a token may set.
struct ResetOwnerRow {
  UserId id;
  std::string username;
  std::string email;
  std::int64_t roles = 0;
};
BOOST_DESCRIBE_STRUCT(ResetOwnerRow, (), (id, username, email, roles))

/// Nothing for a token that is unknown, used, replaced or expired, or whose account is going or gone.
std::optional<ResetOwnerRow> find_reset_owner(Snapshot& snapshot, const Bytes& token_hash);

/// Spends the token, under the account's row lock: who issued it, or nothing if it is no longer good.
std::optional<std::string> take_reset(Tx& tx, UserId user, const Bytes& token_hash);

/// Raises the password's version and the account's.
void save_password(Tx& tx, UserId id, std::string_view password_hash);

}  // namespace guerdon::auth
