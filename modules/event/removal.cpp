// An event that was softly deleted long ago is removed for good. Its row goes at once with what only the event module
// knows of it; the other modules' rows follow.
#include "event/module.hpp"
#include "repository.hpp"

namespace guerdon::event {
namespace {

bool take(Tx& tx, EventId id, Instant until, PurgeBatch& batch) {
  const auto row = lock_row(tx, id);
  if (!row || !row->deleted_at || *row->deleted_at > until) return false;
  batch.add("event_topics", tx.exec("DELETE FROM event_topics WHERE event_id = $1", id));
  batch.add("event_pauses", tx.exec("DELETE FROM event_pauses WHERE event_id = $1", id));
  batch.add("event_events", tx.exec("DELETE FROM event_events WHERE id = $1", id));
  return true;
}

void remove_user(Tx& tx, const Uuid& user, PurgeBatch& batch) {
  batch.add("event_user_deletions", tx.exec("DELETE FROM event_user_deletions WHERE user_id = $1", user));
}

}  // namespace

PurgeSource purge_source() {
  return {
      .exists = [](Snapshot& snapshot, const Uuid& id) { return find_row(snapshot, EventId{id}).has_value(); },
      .count_all = [](Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT count(*) FROM event_events"); },
      .count_due =
          [](Snapshot& snapshot, Instant until) {
            return snapshot.get<std::int64_t>("SELECT count(*) FROM event_events WHERE deleted_at <= $1", until);
          },
      .list_due =
          [](Snapshot& snapshot, Instant until, std::int64_t limit) {
            return snapshot.list<Uuid>(
                "SELECT id FROM event_events WHERE deleted_at <= $1 ORDER BY deleted_at, id LIMIT $2", until, limit);
          },
      .take = [](Tx& tx, const Uuid& id, Instant until,
                 PurgeBatch& batch) { return take(tx, EventId{id}, until, batch); }};
}

PurgeOwner purge_owner() {
  return {
      .columns = {{"event_events", "created_by", Fate::pseudonym}, {"event_user_deletions", "user_id", Fate::removed}},
      .user = remove_user};
}

}  // namespace guerdon::event
