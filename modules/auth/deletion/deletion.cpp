// The row says which saga deletes the account, so that asking again gives the same answer. The account's row is locked
// before any of the user's data, here as by everybody who writes something of theirs.
#include "deletion.hpp"

#include <utility>

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

/// The first of several portions: should there be no last one, it is known who began.
void record_begin(Tx& tx, const Caller& caller, UserId user, DeletionId deletion, RestoreProgress& progress) {
  if (std::exchange(progress.is_begun, true)) return;
  record_audit(
      tx, caller,
      {.action = "account.restore-begun", .subject = user.to_string(), .details = {{"sagaId", deletion.to_string()}}});
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

Result<std::optional<RestoreResponse>> Deletions::restore(Tx& tx, const Caller& caller, UserId user,
                                                          RestoreProgress& progress) const {
  const auto row = lock_leaving(tx, user);
  if (!row) return no_such_account();
  if (row->status == AccountStatus::deleting)
    return Error{deletion_running, "The account is being deleted: restore it when that is done."};
  if (row->status != AccountStatus::deleted) return Error{not_deleted, "The account is not deleted."};

  const auto deletion = row->deleted_by.value();
  const auto shown = owners_.show(tx, user, deletion.uuid(), all_user_data, limit_);
  if (!shown) return shown.error();
  auto& restored = progress.restored;
  for (const auto& [table, rows] : shown->rows) restored[table] += rows;
  if (!shown->is_last) {
    record_begin(tx, caller, user, deletion, progress);
    return std::optional<RestoreResponse>{};
  }
  restored["auth_platforms"] += show_platforms(tx, user, deletion);
  const auto status = unmark_leaving(tx, user, deletion).value();
  restored["auth_users"] += 1;
  std::erase_if(restored, [](const auto& count) { return count.second == 0; });
  owners_.say_returned(tx, user, Return::quiet);
  publish(tx, UserRestored{.user_id = user, .status = status, .restored_by = caller.actor(), .restored_at = tx.now()});
  record_audit(tx, caller,
               {.action = "account.restored", .subject = user.to_string(), .details = details_of(deletion, restored)});
  return std::optional{RestoreResponse{.result = Outcome::ok, .restored = restored}};
}

}  // namespace guerdon::auth
