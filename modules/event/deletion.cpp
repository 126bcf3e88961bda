// An event's deletion is a mark on its row, which everything that reads events minds. A user's is a row whose id marks
// what each module has hidden.
#include "deletion.hpp"

#include <array>
#include <string>
#include <utility>

#include "auth/ports.hpp"
#include "event/messages.hpp"
#include "guerdon/audit.hpp"
#include "guerdon/bus.hpp"
#include "repository.hpp"

namespace guerdon::event {
namespace {

struct MarkTag {
  static constexpr std::string_view prefix = "del";
};
using Mark = Id<MarkTag>;

/// Not the wallet: what is granted stays theirs. Progress goes first and comes back last: a fact that arrives in
/// between is counted with whichever of the others are in sight, and what was reached before is not lowered by it.
constexpr std::array to_hide{auth::UserData::progress, auth::UserData::facts, auth::UserData::requests};
constexpr std::array to_show{auth::UserData::facts, auth::UserData::requests, auth::UserData::progress};

constexpr RoleSet editors{Role::operator_, Role::admin};

Error no_such_event() { return {problems::not_found, "there is no such event"}; }

/// Whoever deletes may bring back, too.
Result<void> check_is_editor(const Caller& caller) {
  if (caller.roles.intersects(editors)) return {};
  return Error{problems::forbidden, "Only OPERATOR and ADMIN delete and restore events."};
}

Result<None> remove_event(Tx& tx, const Caller& caller, EventId id) {
  if (const auto may = check_is_editor(caller); !may) return may.error();
  const auto row = lock_row(tx, id);
  if (!row || row->deleted_at) return no_such_event();
  set_deleted(tx, id, tx.now());
  publish(tx, EventDeleted{.event_id = id, .name = row->name, .deleted_by = caller.actor(), .deleted_at = tx.now()});
  record_audit(tx, caller, {.action = "event.deleted", .subject = id.to_string(), .details = {{"name", row->name}}});
  return None{};
}

Result<None> restore_event(Tx& tx, const Caller& caller, EventId id) {
  if (const auto may = check_is_editor(caller); !may) return may.error();
  const auto row = lock_row(tx, id);
  if (!row) return no_such_event();
  if (!row->deleted_at) return None{};
  set_deleted(tx, id, std::nullopt);
  publish(tx, EventRestored{.event_id = id,
                            .name = row->name,
                            .condition_type = row->condition_type,
                            .condition_params = row->condition_params,
                            .start_at = row->start_at,
                            .end_at = row->end_at,
                            .is_active = row->is_active,
                            .time_zone = row->time_zone,
                            .approval = row->approval,
                            .restored_by = caller.actor(),
                            .restored_at = tx.now()});
  record_audit(tx, caller,
               {.action = "event.restored",
                .subject = id.to_string(),
                .details = {{"name", row->name}, {"deletedAt", to_rfc3339(*row->deleted_at)}}});
  return None{};
}

/// The mark of the deletion that is in force, made if there is none. Whoever else deletes or restores waits.
Mark obtain_mark(Tx& tx, UserId user) {
  return tx.get<Mark>(
      "INSERT INTO event_user_deletions (user_id, id, deleted_at) VALUES ($1, $2, $3)"
      " ON CONFLICT (user_id) DO UPDATE SET id = event_user_deletions.id RETURNING id",
      user, tx.new_id<Mark>(), tx.now());
}

/// Whoever else deletes or restores waits.
std::optional<Mark> lock_mark(Tx& tx, UserId user) {
  constexpr Sql sql{"SELECT id FROM event_user_deletions WHERE user_id = $1",
                    "SELECT id FROM event_user_deletions WHERE user_id = $1 FOR UPDATE"};
  return tx.find<Mark>(sql, user);
}

/// Of a call's steps the first one takes the turn; the others end when somebody has taken it since. Two calls that undo
/// each other's portions would never end.
Result<void> keep_turn(Tx& tx, const Mark& mark, DataProgress& progress) {
  if (!progress.turn) {
    progress.turn = tx.new_id<Mark>().uuid();
    tx.exec("UPDATE event_user_deletions SET turn = $2 WHERE id = $1", mark, *progress.turn);
    return {};
  }
  if (tx.exec("UPDATE event_user_deletions SET turn = turn WHERE id = $1 AND turn = $2", mark, *progress.turn) == 1)
    return {};
  return Error{overtaken,
               "another call has begun to delete or restore this user's data; ask again if it is to be undone"};
}

void remove_mark(Tx& tx, const Mark& mark) { tx.exec("DELETE FROM event_user_deletions WHERE id = $1", mark); }

json::object details_of(const Mark& mark, const auth::RowCounts& counts) {
  json::object rows;
  for (const auto& [table, count] : counts) rows[table] = count;
  return {{"deletionId", mark.to_string()}, {"rows", std::move(rows)}};
}

void add(DataProgress& progress, const auth::RowCounts& counts) {
  for (const auto& [table, rows] : counts) progress.rows[table] += rows;
}

/// The first of several steps: should there be no last one, it is known who began.
void record_begin(Tx& tx, const Caller& caller, UserId user, const Mark& mark, std::string_view action,
                  DataProgress& progress) {
  if (std::exchange(progress.is_begun, true)) return;
  record_audit(
      tx, caller,
      {.action = std::string{action}, .subject = user.to_string(), .details = {{"deletionId", mark.to_string()}}});
}

Result<void> check_may_delete(const Caller& caller, UserId user) {
  if (caller.user == user || caller.has(Role::admin)) return {};
  if (caller.is_staff())
    return Error{problems::forbidden, "Only an ADMIN deletes or restores the event data of others."};
  return Error{problems::not_found, "there is no such user"};
}

}  // namespace

std::optional<std::string_view> DeletableRule::fault(std::string_view text) {
  if (EventId::parse(text) || UserId::parse(text)) return std::nullopt;
  return "must be the id of an event or of a user";
}

Result<std::optional<None>> Deletions::remove(Tx& tx, const Caller& caller, const DeletableId& id,
                                              DataProgress& progress) const {
  if (const auto user = UserId::parse(id.value())) return remove_user_data(tx, caller, *user, progress);
  if (auto removed = remove_event(tx, caller, EventId::parse(id.value()).value()); !removed) return removed.error();
  return std::optional{None{}};
}

Result<std::optional<None>> Deletions::restore(Tx& tx, const Caller& caller, const DeletableId& id,
                                               DataProgress& progress) const {
  if (const auto user = UserId::parse(id.value())) return restore_user_data(tx, caller, *user, progress);
  if (auto restored = restore_event(tx, caller, EventId::parse(id.value()).value()); !restored) return restored.error();
  return std::optional{None{}};
}

Result<std::optional<None>> Deletions::remove_user_data(Tx& tx, const Caller& caller, UserId user,
                                                        DataProgress& progress) const {
  if (const auto may = check_may_delete(caller, user); !may) return may.error();
  if (const auto present = auth::check_present(tx, user); !present) return present.error();
  const auto mark = obtain_mark(tx, user);
  if (const auto turn = keep_turn(tx, mark, progress); !turn) return turn.error();
  const auto hidden = owners_.hide(tx, user, mark.uuid(), to_hide, limit_);
  if (!hidden) return hidden.error();
  add(progress, hidden->rows);
  if (!hidden->is_last) {
    record_begin(tx, caller, user, mark, "event-data.deletion-begun", progress);
    return std::optional<None>{};
  }
  record_audit(
      tx, caller,
      {.action = "event-data.deleted", .subject = user.to_string(), .details = details_of(mark, progress.rows)});
  return std::optional{None{}};
}

Result<std::optional<None>> Deletions::restore_user_data(Tx& tx, const Caller& caller, UserId user,
                                                         DataProgress& progress) const {
  if (const auto may = check_may_delete(caller, user); !may) return may.error();
  if (const auto present = auth::check_present(tx, user); !present) return present.error();
  const auto mark = lock_mark(tx, user);
  if (!mark) return Error{problems::not_found, "no event data of that user is deleted"};
  if (const auto turn = keep_turn(tx, *mark, progress); !turn) return turn.error();
  const auto shown = owners_.show(tx, user, mark->uuid(), to_show, limit_);
  if (!shown) return shown.error();
  add(progress, shown->rows);
  owners_.say_returned(tx, user, auth::Return::served);  // with each portion: whoever breaks off leaves nothing wrong
  if (!shown->is_last) {
    record_begin(tx, caller, user, *mark, "event-data.restore-begun", progress);
    return std::optional<None>{};
  }
  remove_mark(tx, *mark);
  record_audit(
      tx, caller,
      {.action = "event-data.restored", .subject = user.to_string(), .details = details_of(*mark, progress.rows)});
  return std::optional{None{}};
}

}  // namespace guerdon::event
