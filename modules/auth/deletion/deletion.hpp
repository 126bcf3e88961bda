// Asking for an account to be deleted: from this commit on its owner can do nothing. The deletion itself is a saga's.
#pragma once

#include "../basic_response.hpp"
#include "../sessions/session_copies.hpp"
#include "auth/messages.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/store.hpp"

namespace guerdon::auth {

inline constexpr Problem last_admin{409, "last-admin"};

struct DeletionPath {
  UserId id;
};
BOOST_DESCRIBE_STRUCT(DeletionPath, (), (id))

struct DeletionResponse {
  Outcome result = Outcome::accepted;
  DeletionId saga_id;
};
BOOST_DESCRIBE_STRUCT(DeletionResponse, (), (result, saga_id))

/// The account is DELETING, its session over, its version raised; publishes UserDeletionRequested. For one that is
/// going or gone already: the saga that does it. Errors: not-found, last-admin, user-deleted.
[[nodiscard]] Result<DeletionResponse> request_deletion(Tx& tx, const Caller& caller, UserId user,
                                                        SessionCopies copies = SessionCopies{});

}  // namespace guerdon::auth
