// What the auth module says of a deletion once it has been requested (messages.hpp), and of its undoing.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <string_view>

#include "auth/messages.hpp"
#include "guerdon/actor.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/time.hpp"

namespace guerdon::auth {

/// Everything of the user is out of sight. Nothing is lost until the hard delete.
struct UserDeletionSucceeded {
  static constexpr std::string_view topic = "user.deletion.succeeded", type = "UserDeletionSucceeded";
  UserId user_id;
  DeletionId saga_id;
  Instant succeeded_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(UserDeletionSucceeded, (), (user_id, saga_id, succeeded_at))

/// A step refused or failed: everything is as it was before, but for the session.
struct UserDeletionFailed {
  static constexpr std::string_view topic = "user.deletion.failed", type = "UserDeletionFailed";
  UserId user_id;
  DeletionId saga_id;
  std::string step;
  std::string reason;  ///< the code of the refusal, or step-failed; never a text, which may name somebody
  Instant failed_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(UserDeletionFailed, (), (user_id, saga_id, step, reason, failed_at))

struct UserDeleted {
  static constexpr std::string_view topic = "auth.events.user", type = "UserDeleted";
  UserId user_id;
  DeletionId saga_id;
  Instant deleted_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(UserDeleted, (), (user_id, saga_id, deleted_at))

/// The account is what it was before its deletion, and what was hidden is in sight. Its owner has to log in anew.
struct UserRestored {
  static constexpr std::string_view topic = "auth.events.user", type = "UserRestored";
  UserId user_id;
  AccountStatus status{};
  ActorId restored_by;
  Instant restored_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(UserRestored, (), (user_id, status, restored_by, restored_at))

}  // namespace guerdon::auth
