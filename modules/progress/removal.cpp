// Facts and progress of a user, or the progress in an event, removed for good. An invitation stays with whoever
// invited: it is their fact, and names the invited user by an id alone.
#include "progress/module.hpp"

namespace guerdon::progress {
namespace {

void remove_facts(Tx& tx, const Uuid& user, PurgeBatch& batch) {
  batch.add("progress_logins",
            tx.exec("DELETE FROM progress_logins WHERE user_id = $1"
                    " AND at IN (SELECT at FROM progress_logins WHERE user_id = $1 ORDER BY at LIMIT $2)",
                    user, batch.room()));
  batch.add("progress_sessions",
            tx.exec("DELETE FROM progress_sessions WHERE user_id = $1"
                    " AND at IN (SELECT at FROM progress_sessions WHERE user_id = $1 ORDER BY at LIMIT $2)",
                    user, batch.room()));
  batch.add("progress_activities",
            tx.exec("DELETE FROM progress_activities WHERE id IN"
                    " (SELECT id FROM progress_activities WHERE user_id = $1 ORDER BY deleted_by, type, at LIMIT $2)",
                    user, batch.room()));
  batch.add("progress_invitations",
            tx.exec("DELETE FROM progress_invitations WHERE invitee_id IN"
                    " (SELECT invitee_id FROM progress_invitations WHERE inviter_id = $1 LIMIT $2)",
                    user, batch.room()));
}

void remove_states(Tx& tx, const Uuid& user, PurgeBatch& batch) {
  batch.add("progress_states",
            tx.exec("DELETE FROM progress_states WHERE user_id = $1"
                    " AND event_id IN (SELECT event_id FROM progress_states WHERE user_id = $1 LIMIT $2)",
                    user, batch.room()));
  batch.add("progress_user_rebuilds", tx.exec("DELETE FROM progress_user_rebuilds WHERE user_id = $1", user));
}

void remove_hidden(Tx& tx, const Uuid& user, PurgeBatch& batch) {
  batch.add("progress_deleted_logins",
            tx.exec("DELETE FROM progress_deleted_logins WHERE user_id = $1 AND (deleted_by, at) IN"
                    " (SELECT deleted_by, at FROM progress_deleted_logins WHERE user_id = $1 LIMIT $2)",
                    user, batch.room()));
  batch.add("progress_deleted_states",
            tx.exec("DELETE FROM progress_deleted_states WHERE user_id = $1 AND (event_id, deleted_by) IN"
                    " (SELECT event_id, deleted_by FROM progress_deleted_states WHERE user_id = $1 LIMIT $2)",
                    user, batch.room()));
}

// What is derived goes before what it is derived from.
void remove_user(Tx& tx, const Uuid& user, PurgeBatch& batch) {
  remove_states(tx, user, batch);
  if (!batch.is_full()) remove_hidden(tx, user, batch);
  if (!batch.is_full()) remove_facts(tx, user, batch);
}

void remove_event(Tx& tx, const Uuid& event, PurgeBatch& batch) {
  batch.add("progress_rebuilds", tx.exec("DELETE FROM progress_rebuilds WHERE event_id = $1", event));
  batch.add("progress_states",
            tx.exec("DELETE FROM progress_states WHERE event_id = $1"
                    " AND user_id IN (SELECT user_id FROM progress_states WHERE event_id = $1 LIMIT $2)",
                    event, batch.room()));
  if (batch.is_full()) return;
  batch.add("progress_deleted_states",
            tx.exec("DELETE FROM progress_deleted_states WHERE event_id = $1 AND (user_id, deleted_by) IN"
                    " (SELECT user_id, deleted_by FROM progress_deleted_states WHERE event_id = $1 LIMIT $2)",
                    event, batch.room()));
}

}  // namespace

PurgeOwner purge_owner() {
  return {.columns = {{"progress_logins", "user_id", Fate::removed},
                      {"progress_sessions", "user_id", Fate::removed},
                      {"progress_activities", "user_id", Fate::removed},
                      {"progress_activities", "source", Fate::pseudonym},
                      {"progress_invitations", "inviter_id", Fate::removed},
                      {"progress_invitations", "invitee_id", Fate::pseudonym},
                      {"progress_states", "user_id", Fate::removed},
                      {"progress_deleted_logins", "user_id", Fate::removed},
                      {"progress_deleted_states", "user_id", Fate::removed},
                      {"progress_rebuilds", "after_user", Fate::pseudonym},
                      {"progress_user_rebuilds", "user_id", Fate::removed}},
          .user = remove_user,
          .event = remove_event};
}

}  // namespace guerdon::progress
