// The row says which saga deletes the account, so that asking again gives the same answer. The account's row is locked
// before any of the user's data, here as by everybody who writes something of theirs.
#include "deletion.hpp"

#include "../repository.hpp"
#include "auth/deletion_messages.hpp"
#include "guerdon/audit.hpp"
#include "guerdon/bus.hpp"
#include "repository.hpp"
#include "user_deletion.hpp"

namespace guerdon::auth {
namespace {

Error no_such_account() { return {problems::not_found, "There is no such account."}; }

DeletionId begin(Tx& tx, saga::Sagas& sagas, UserId user) {
  const auto saga =
      sagas.start(tx, UserDeletion::type, UserDeletion{.saga_id = {}, .user_id = user, .hidden = {}}, user);
  return DeletionId{saga.uuid()};
}

json::object details_of(DeletionId deletion, const RowCounts& counts) {
  json::object rows;
  for (const auto& [table, count] : counts) rows[table] = count;
  return {{"sagaId", deletion.to_string()}, {"rows", std::move(rows)}};
}

}  // namespace

Result<DeletionResponse> Deletions::request(Tx& tx, const Caller& caller, UserId user) const {
  if (is_last_admin(tx, user)) return Error{last_admin, "The last ADMIN can't be deleted."};
  const auto row = lock_leaving(tx, user);
  if (!row) return no_such_account();
  if (is_leaving(row->status)) {
    if (!row->deleted_by) return Error{problems::user_deleted, "The account is gone."};
    return DeletionResponse{.result = Outcome::accepted, .saga_id = *row->deleted_by};
  }

  const auto saga = begin(tx, sagas_, user);
  mark_deleting(tx, user, saga);
  end_session(tx, user);
  copies_.remove(tx, user);
  publish(tx, UserDeletionRequested{
                  .user_id = user, .saga_id = saga, .requested_by = caller.actor(), .requested_at = tx.now()});
  record_audit(
      tx, caller,
      {.action = "account.deletion-requested", .subject = user.to_string(), .details = {{"sagaId", saga.to_string()}}});
  return DeletionResponse{.result = Outcome::accepted, .saga_id = saga};
}

Result<RestoreResponse> Deletions::restore(Tx& tx, const Caller& caller, UserId user) const {
  const auto row = lock_leaving(tx, user);
  if (!row) return no_such_account();
  if (row->status == AccountStatus::deleting)
    return Error{deletion_running, "The account is being deleted: restore it when that is done."};
  if (row->status != AccountStatus::deleted) return Error{not_deleted, "The account is not deleted."};

  const auto deletion = row->deleted_by.value();
  auto shown = owners_.show(tx, user, deletion.uuid(), all_user_data);
  if (!shown) return shown.error();
  (*shown)["auth_platforms"] += show_platforms(tx, user, deletion);
  const auto status = unmark_leaving(tx, user, deletion).value();
  (*shown)["auth_users"] += 1;
  std::erase_if(*shown, [](const auto& count) { return count.second == 0; });
  owners_.say_returned(tx, user, Return::quiet);
  publish(tx, UserRestored{.user_id = user, .status = status, .restored_by = caller.actor(), .restored_at = tx.now()});
  record_audit(tx, caller,
               {.action = "account.restored", .subject = user.to_string(), .details = details_of(deletion, *shown)});
  return RestoreResponse{.result = Outcome::ok, .restored = *std::move(shown)};
}

}  // namespace guerdon::auth
