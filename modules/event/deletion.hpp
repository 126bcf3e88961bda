// Soft deletion and its undoing: of an event, or of what belongs to a user in events. Nothing is lost until the hard
// delete.
#pragma once

#include <cstdint>
#include <optional>

#include "auth/user_data.hpp"
#include "dto.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/routes.hpp"
#include "guerdon/store.hpp"

namespace guerdon::event {

/// Another call that deletes or restores the same user's data came later, and has its way.
inline constexpr Problem overtaken{409, "overtaken"};

/// How far the deletion, or the restoration, of a user's data has come.
struct DataProgress {
  auth::RowCounts rows;
  bool is_begun = false;
  std::optional<Uuid> turn{};  ///< which call this is
};

/// Each call does the next step, in a transaction of its own, and answers when it was the last one: of a user some
/// hundred rows, an event as a whole. What was broken off goes on when it is asked for again.
class Deletions {
 public:
  explicit Deletions(const auth::UserDataOwners& owners, std::int64_t limit = auth::rows_a_portion)
      : owners_(owners), limit_(limit) {}

  /// An event, by OPERATOR or ADMIN: hidden with its rewards, counts nothing, takes no request; publishes EventDeleted.
  /// Of a user, by themselves or an ADMIN: their facts, progress and requests, while the account goes on and what they
  /// do from now on is kept. What is granted stays theirs. Doing that again hides what has come since.
  /// Errors: not-found (also an event that is deleted, and another user to a plain one), forbidden, user-deleted,
  /// overtaken.
  Result<std::optional<None>> remove(Tx& tx, const Caller& caller, const DeletableId& id, DataProgress& progress) const;

  /// An event is as if it had never been deleted; publishes EventRestored; nothing happens to one that is not deleted.
  /// Of a user, by an ADMIN: exactly the rows that were hidden, and progress is derived anew.
  /// Errors: not-found (also where nothing of the user is deleted), forbidden, user-deleted, overtaken.
  Result<std::optional<None>> restore(Tx& tx, const Caller& caller, const DeletableId& id,
                                      DataProgress& progress) const;

 private:
  Result<std::optional<None>> remove_user_data(Tx& tx, const Caller& caller, UserId user, DataProgress& progress) const;
  Result<std::optional<None>> restore_user_data(Tx& tx, const Caller& caller, UserId user,
                                                DataProgress& progress) const;

  const auth::UserDataOwners& owners_;
  std::int64_t limit_;
};

}  // namespace guerdon::event
