// The definition stands at the end, on half a screen; what its steps and hooks do comes before.
#include "user_deletion.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "auth/deletion_messages.hpp"
#include "guerdon/audit.hpp"
#include "guerdon/bus.hpp"
#include "repository.hpp"

namespace guerdon::auth {
namespace {

DeletionId id_of(const UserDeletion& deletion) { return DeletionId{deletion.saga_id.uuid()}; }

void add(RowCounts& receipt, const RowCounts& more) {
  for (const auto& [table, rows] : more)
    if (rows != 0) receipt[table] += rows;
}

void take_off(RowCounts& receipt, const RowCounts& less) {
  for (const auto& [table, rows] : less) receipt[table] -= rows;
  std::erase_if(receipt, [](const auto& count) { return count.second <= 0; });
}

/// The step that hides these kinds, and shows them again.
saga::Step<UserDeletion> hiding(const UserDataOwners& owners, std::int64_t limit, std::string name,
                                std::vector<UserData> kinds) {
  return {.name = std::move(name),
          .apply = [&owners, limit, kinds](Tx& tx, UserDeletion& deletion) -> Result<saga::Work> {
            const auto hidden = owners.hide(tx, deletion.user_id, deletion.saga_id.uuid(), kinds, limit);
            if (!hidden) return hidden.error();
            add(deletion.hidden, hidden->rows);
            return hidden->is_last ? saga::Work::done : saga::Work::more;
          },
          .undo = [&owners, limit, kinds](Tx& tx, UserDeletion& deletion) -> Result<saga::Work> {
            (void)lock_leaving(tx, deletion.user_id);  // first: this transaction may be the one that opens the account
            const auto shown = owners.show(tx, deletion.user_id, deletion.saga_id.uuid(), kinds, limit);
            if (!shown) return shown.error();
            take_off(deletion.hidden, shown->rows);
            return shown->is_last ? saga::Work::done : saga::Work::more;
          }};
}

Result<void> close_account(Tx& tx, UserDeletion& deletion) {
  if (!mark_deleted(tx, deletion.user_id, id_of(deletion))) throw std::logic_error("the account is not being deleted");
  add(deletion.hidden, {{"auth_users", 1}, {"auth_platforms", hide_platforms(tx, deletion.user_id, id_of(deletion))}});
  return {};
}

Result<void> open_account(Tx& tx, UserDeletion& deletion) {
  if (!unmark_deleted(tx, deletion.user_id, id_of(deletion))) throw std::logic_error("the account is not deleted");
  take_off(deletion.hidden,
           {{"auth_users", 1}, {"auth_platforms", show_platforms(tx, deletion.user_id, id_of(deletion))}});
  return {};
}

void end_deleted(Tx& tx, const UserDeletion& deletion) {
  const auto id = id_of(deletion);
  publish(tx, UserDeletionSucceeded{.user_id = deletion.user_id, .saga_id = id, .succeeded_at = tx.now()});
  publish(tx, UserDeleted{.user_id = deletion.user_id, .saga_id = id, .deleted_at = tx.now()});
  json::object rows;
  for (const auto& [table, count] : deletion.hidden) rows[table] = count;
  record_audit(tx, Caller{},
               {.action = "account.deleted",
                .subject = deletion.user_id.to_string(),
                .details = {{"sagaId", id.to_string()}, {"rows", std::move(rows)}}});
}

/// Facts that were on their way when the deletion was requested have been kept under its mark: they come back too.
void end_as_before(Tx& tx, const UserDataOwners& owners, const UserDeletion& deletion,
                   const saga::SagaFailure& failure) {
  const auto id = id_of(deletion);
  const auto user = deletion.user_id;
  (void)lock_leaving(tx, user);  // before what is theirs, as everybody
  (void)owners.show(tx, user, deletion.saga_id.uuid(), all_user_data).value();
  if (!unmark_leaving(tx, user, id)) throw std::logic_error("the account is not this deletion's");
  owners.say_returned(tx, user, Return::served);
  publish(tx,
          UserDeletionFailed{
              .user_id = user, .saga_id = id, .step = failure.step, .reason = failure.reason, .failed_at = tx.now()});
  record_audit(tx, Caller{},
               {.action = "account.deletion-failed",
                .subject = user.to_string(),
                .details = {{"sagaId", id.to_string()}, {"step", failure.step}}});
}

}  // namespace

void define_user_deletion(saga::Sagas& sagas, const UserDataOwners& owners, std::int64_t limit) {
  sagas.define<UserDeletion>(
      std::string{UserDeletion::type},
      {hiding(owners, limit, "event-data", {UserData::facts}),
       hiding(owners, limit, "progress", {UserData::progress}),
       hiding(owners, limit, "rewards", {UserData::requests, UserData::wallet}),
       {.name = "account", .apply = close_account, .undo = open_account}},
      {.on_succeeded = end_deleted,
       .on_failed = [&owners](Tx& tx, const UserDeletion& deletion,
                              const saga::SagaFailure& failure) { end_as_before(tx, owners, deletion, failure); },
       .receipt = [](const UserDeletion& deletion) { return deletion.hidden; }});
}

}  // namespace guerdon::auth
