// The row says which saga deletes the account, so that asking again gives the same answer.
#include "deletion.hpp"

#include "../accounts/last_admin.hpp"
#include "../repository.hpp"
#include "guerdon/audit.hpp"
#include "guerdon/bus.hpp"

namespace guerdon::auth {
namespace {

bool mark_deleting(Tx& tx, UserId user, DeletionId saga) {
  constexpr Sql sql =
      "UPDATE auth_users SET status = 'DELETING', version = version + 1, deleted_by = $2, updated_at = $3"
      " WHERE id = $1 AND status IN ('ACTIVE', 'SUSPENDED')";
  return tx.exec(sql, user, saga, tx.now()) == 1;
}

Result<DeletionResponse> find_earlier(Snapshot& snapshot, UserId user) {
  constexpr Sql sql = "SELECT deleted_by FROM auth_users WHERE id = $1";
  const auto row = snapshot.find<std::optional<DeletionId>>(sql, user);
  if (!row) return Error{problems::not_found, "There is no such account."};
  if (!*row) return Error{problems::user_deleted, "The account is gone."};
  return DeletionResponse{.result = Outcome::accepted, .saga_id = **row};
}

}  // namespace

Result<DeletionResponse> request_deletion(Tx& tx, const Caller& caller, UserId user, SessionCopies copies) {
  if (is_last_admin(tx, user)) return Error{last_admin, "The last ADMIN can't be deleted."};
  const auto saga = tx.new_id<DeletionId>();
  if (!mark_deleting(tx, user, saga)) return find_earlier(tx, user);
  end_session(tx, user);
  copies.remove(tx, user);
  publish(tx, UserDeletionRequested{
                  .user_id = user, .saga_id = saga, .requested_by = caller.actor(), .requested_at = tx.now()});
  record_audit(
      tx, caller,
      {.action = "account.deletion-requested", .subject = user.to_string(), .details = {{"sagaId", saga.to_string()}}});
  return DeletionResponse{.result = Outcome::accepted, .saga_id = saga};
}

}  // namespace guerdon::auth
