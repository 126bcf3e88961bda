// Statements about what an account says of itself.
#pragma once

#include "../repository.hpp"

namespace guerdon::auth {

/// What is empty stays.
struct AccountUpdate {
  std::optional<std::string> email, email_key;
  std::optional<json::object> profile;
  std::optional<std::string> password_hash;
  std::optional<std::int64_t> password_version;  ///< only if it is still this one
};

enum class UpdateOutcome { done, address_taken, not_active };

/// Raises the version, and with a new password its version. `not_active` too if the password was changed since.
UpdateOutcome update_account(Tx& tx, UserId id, const AccountUpdate& update);

}  // namespace guerdon::auth
