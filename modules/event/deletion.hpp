// Soft deletion and its undoing: of an event, or of what belongs to a user in events. Nothing is lost until the hard
// delete.
#pragma once

#include "auth/user_data.hpp"
#include "dto.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/routes.hpp"
#include "guerdon/store.hpp"

namespace guerdon::event {

class Deletions {
 public:
  explicit Deletions(const auth::UserDataOwners& owners) : owners_(owners) {}

  /// An event, by OPERATOR or ADMIN: hidden with its rewards, counts nothing, takes no request; publishes EventDeleted.
  /// Of a user, by themselves or an ADMIN: their facts, progress and requests, while the account goes on and what they
  /// do from now on is kept. What is granted stays theirs. Doing that again hides what has come since.
  /// Errors: not-found (also an event that is deleted, and another user to a plain one), forbidden, user-deleted.
  Result<None> remove(Tx& tx, const Caller& caller, const DeletableId& id) const;

  /// An event is as if it had never been deleted; publishes EventRestored; nothing happens to one that is not deleted.
  /// Of a user, by an ADMIN: exactly the rows that were hidden, and progress is derived anew.
  /// Errors: not-found (also where nothing of the user is deleted), forbidden, user-deleted.
  Result<None> restore(Tx& tx, const Caller& caller, const DeletableId& id) const;

 private:
  Result<None> remove_user_data(Tx& tx, const Caller& caller, UserId user) const;
  Result<None> restore_user_data(Tx& tx, const Caller& caller, UserId user) const;

  const auth::UserDataOwners& owners_;
};

}  // namespace guerdon::event
