// Asking for an account to be deleted, and restoring it. From the request's commit on its owner can do nothing; what
// becomes of their data is told in user_deletion.hpp.
#pragma once

#include "../accounts/last_admin.hpp"
#include "../basic_response.hpp"
#include "../sessions/session_copies.hpp"
#include "auth/messages.hpp"
#include "auth/user_data.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/store.hpp"
#include "saga/ports.hpp"

namespace guerdon::auth {

inline constexpr Problem deletion_running{409, "deletion-running"};
inline constexpr Problem not_deleted{409, "not-deleted"};

struct DeletionPath {
  UserId id;
};
BOOST_DESCRIBE_STRUCT(DeletionPath, (), (id))

struct DeletionResponse {
  Outcome result = Outcome::accepted;
  DeletionId saga_id;
};
BOOST_DESCRIBE_STRUCT(DeletionResponse, (), (result, saga_id))

struct RestoreResponse {
  Outcome result = Outcome::ok;
  RowCounts restored;  ///< by table
};
BOOST_DESCRIBE_STRUCT(RestoreResponse, (), (result, restored))

/// How far a restoration has come.
struct RestoreProgress {
  RowCounts restored;
  bool is_begun = false;
};

class Deletions {
 public:
  /// `limit` rows a transaction are brought back.
  Deletions(saga::Sagas& sagas, const UserDataOwners& owners, SessionCopies copies = SessionCopies{},
            std::int64_t limit = rows_a_portion)
      : sagas_(sagas), owners_(owners), copies_(copies), limit_(limit) {}

  /// The account is DELETING, its session over, its version raised, and the saga has begun; publishes
  /// UserDeletionRequested. For one that is going or gone already: the saga that does it. Errors: not-found,
  /// last-admin, user-deleted.
  [[nodiscard]] Result<DeletionResponse> request(Tx& tx, const Caller& caller, UserId user) const;

  /// The next rows of what that deletion hid, each call in a transaction of its own. With the last the account opens,
  /// which is when it answers: its status is what it was before; sessions stay dead. One that was broken off leaves the
  /// account deleted; asked again, it goes on, and counts what was left. Publishes UserRestored. Errors: not-found
  /// (also once it has been removed for good), deletion-running, not-deleted.
  [[nodiscard]] Result<std::optional<RestoreResponse>> restore(Tx& tx, const Caller& caller, UserId user,
                                                               RestoreProgress& progress) const;

 private:
  saga::Sagas& sagas_;
  const UserDataOwners& owners_;
  SessionCopies copies_;
  std::int64_t limit_;
};

}  // namespace guerdon::auth
