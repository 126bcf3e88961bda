// What is still to be scrubbed is found by its text: after that there is nothing left to find, so a batch needs no mark
// of where the one before it stopped.
#include "bus/scrubbing.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <tuple>
#include <vector>

namespace guerdon::bus {
namespace {

void scrub(json::value& value) {
  if (auto* const list = value.if_array())
    for (auto& item : *list) scrub(item);
  auto* const object = value.if_object();
  if (object == nullptr) return;
  for (const auto name : personal_names)
    if (const auto found = object->find(name); found != object->end()) object->stable_erase(found);
  for (auto& member : *object) {
    if (member.key() == "error" && member.value().is_string()) member.value() = "";
    scrub(member.value());
  }
}

using Logged = std::tuple<int, std::int64_t, std::string>;
using Waiting = std::tuple<std::string, int, std::int64_t, std::string>;
using Dead = std::tuple<Uuid, std::string>;

// The topics are those of the index outbox_personal.
std::vector<Logged> list_logged(Snapshot& store, std::string_view key, std::int64_t limit) {
  return store.list<Logged>(
      "SELECT partition, position, payload FROM outbox WHERE key = $1 AND topic IN ('auth.events.user', "
      "'auth.events.login', 'auth.events.platform', 'auth.events.security', 'auth.events.dlq', "
      "'event.progress.failed', 'event.progress.dlq') AND (payload LIKE '%\"email\":%' OR payload LIKE "
      "'%\"ipAddress\":%' OR payload LIKE '%\"platformUserId\":%' OR payload LIKE '%\"userAgent\":%' OR payload LIKE "
      "'%\"username\":%' OR (payload LIKE '%\"error\":\"%' AND payload NOT LIKE '%\"error\":\"\"%')) "
      "ORDER BY position LIMIT $2",
      key, limit);
}

void scrub_log(Tx& tx, std::string_view key, PurgeBatch& batch) {
  for (const auto& [partition, position, payload] : list_logged(tx, key, batch.room()))
    batch.add("outbox", tx.exec("UPDATE outbox SET payload = $3 WHERE partition = $1 AND position = $2", partition,
                                position, scrubbed(payload)));
}

void scrub_parked(Tx& tx, std::string_view key, PurgeBatch& batch) {
  const auto rows = tx.list<Waiting>(
      "SELECT consumer, partition, position, payload FROM parked WHERE key = $1 AND (error <> '' OR payload LIKE "
      "'%\"email\":%' OR payload LIKE '%\"ipAddress\":%' OR payload LIKE '%\"platformUserId\":%' OR payload LIKE "
      "'%\"userAgent\":%' OR payload LIKE '%\"username\":%') ORDER BY position LIMIT $2",
      key, batch.room());
  for (const auto& [consumer, partition, position, payload] : rows)
    batch.add("parked", tx.exec("UPDATE parked SET payload = $4, error = '' WHERE consumer = $1 AND partition = $2 "
                                "AND position = $3",
                                consumer, partition, position, scrubbed(payload)));
}

void scrub_dead(Tx& tx, std::string_view key, PurgeBatch& batch) {
  const auto rows = tx.list<Dead>(
      "SELECT id, payload FROM dead_letters WHERE key = $1 AND (error <> '' OR payload LIKE '%\"email\":%' OR payload "
      "LIKE '%\"ipAddress\":%' OR payload LIKE '%\"platformUserId\":%' OR payload LIKE '%\"userAgent\":%' OR payload "
      "LIKE '%\"username\":%') ORDER BY id LIMIT $2",
      key, batch.room());
  for (const auto& [id, payload] : rows)
    batch.add("dead_letters",
              tx.exec("UPDATE dead_letters SET payload = $2, error = '' WHERE id = $1", id, scrubbed(payload)));
}

}  // namespace

std::string scrubbed(const std::string& payload) {
  auto value = json::parse(payload);
  scrub(value);
  return json::serialize(value);
}

void scrub_messages(Tx& tx, std::string_view key, PurgeBatch& batch) {
  scrub_log(tx, key, batch);
  if (!batch.is_full()) scrub_parked(tx, key, batch);
  if (!batch.is_full()) scrub_dead(tx, key, batch);
}

}  // namespace guerdon::bus
