// What others may ask about accounts inside their own transaction, and how the command line makes one.
#pragma once

#include <optional>
#include <string>

#include "auth/types.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/codec.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon {
struct AuthConfig;
class Random;
}  // namespace guerdon

namespace guerdon::auth {

inline constexpr Problem username_taken{409, "username-taken"};
inline constexpr Problem email_taken{409, "email-taken"};

/// May this user act: neither suspended nor going nor gone?
[[nodiscard]] bool is_active(Snapshot& snapshot, UserId user);

// The next three are asked by whoever writes something of a user's, before they lock anything else: the answer stays
// true until the commit, since a deletion waits for it. Many may ask at the same time.

/// Is the account there, and neither going nor gone? Errors: not-found, user-deleted.
[[nodiscard]] Result<void> check_present(Tx& tx, UserId user);
/// May this user take part in events: active, and a USER?
[[nodiscard]] bool takes_part(Tx& tx, UserId user);
/// The status of an account that has not been removed for good.
[[nodiscard]] std::optional<AccountStatus> find_status(Tx& tx, UserId user);

/// Of somebody who is going or gone: the mark under which what is theirs is kept out of sight.
[[nodiscard]] std::optional<Uuid> find_deletion(Snapshot& snapshot, UserId user);

/// subject_of (caller.hpp) for a user who exists. Errors: those of subject_of; not-found for a user whom nobody knows.
[[nodiscard]] Result<UserId> find_subject(Snapshot& snapshot, const Caller& caller, std::optional<UserId> asked);

/// Do two accounts have one address, but for capitals and a "+tag"?
[[nodiscard]] bool is_same_person(Snapshot& snapshot, UserId a, UserId b);

/// Whose invite code the user registered with.
[[nodiscard]] std::optional<UserId> find_inviter(Snapshot& snapshot, UserId invitee);

/// The ADMIN who made a service key, be it revoked since.
[[nodiscard]] std::optional<UserId> find_key_maker(Snapshot& snapshot, KeyId key);

struct AccountInput {
  std::string username;
  std::string email;
  std::optional<Secret<std::string>> password;  ///< without one nobody can log in until it is set by a reset
  RoleSet roles;
};

/// An account that keeps to every rule, its password hashed; made by prepare_account only.
struct NewAccount {
  std::string username, username_key;
  std::string email, email_key;
  std::string password_hash;
  RoleSet roles;
  std::string invite_code;
  json::object profile;
  std::optional<UserId> invited_by;
};

/// Burns tens of milliseconds of CPU: never inside a transaction. Errors: validation-failed, every fault at once.
[[nodiscard]] Result<NewAccount> prepare_account(const AuthConfig& config, Random& random, const AccountInput& input);

/// Publishes UserCreated. Errors: username-taken, email-taken.
[[nodiscard]] Result<UserId> add_account(Tx& tx, const NewAccount& account);

/// The same, recorded in the audit log as the caller's doing; Caller{} is the server itself or its command line.
[[nodiscard]] Result<UserId> add_account_by(Tx& tx, const Caller& caller, const NewAccount& account);

/// Is there an ADMIN who is not deleted?
[[nodiscard]] bool has_admin(Snapshot& snapshot);

/// The first start's ADMIN: does nothing and gives nothing when there is one. Errors: username-taken, email-taken.
[[nodiscard]] Result<std::optional<UserId>> add_first_admin(Tx& tx, const NewAccount& account);

}  // namespace guerdon::auth
