// See dead_letters.hpp.
#include "bus/dead_letters.hpp"

#include "bus/outbox_log.hpp"
#include "guerdon/audit.hpp"
#include "guerdon/page.hpp"

namespace guerdon::bus {
namespace {

constexpr std::int64_t chunk = 50;

DeadLetter read_letter(const Row& row) {
  return {.id = column<DeadLetterId>(row, delivery_columns),
          .consumer = column<std::string>(row, delivery_columns + 1),
          .message = read_delivery(row),
          .attempts = column<int>(row, delivery_columns + 2),
          .error = column<std::string>(row, delivery_columns + 3),
          .first_at = column<Instant>(row, delivery_columns + 4),
          .last_at = column<Instant>(row, delivery_columns + 5)};
}

json::object about(const DeadLetter& letter) {
  return {{"consumer", letter.consumer}, {"topic", letter.message.topic}, {"messageId", letter.message.id.to_string()}};
}

Error not_there() { return {guerdon::problems::not_found, "There is no such dead letter."}; }

/// As a pass does, so that nobody else moves the consumer's messages meanwhile. False: it has never been here.
bool lock_consumer(Tx& tx, const DeadLetter& letter) {
  return tx
      .find<std::int64_t>(
          Sql{"SELECT position FROM consumer_offsets WHERE consumer = $1 AND partition = $2",
              "SELECT position FROM consumer_offsets WHERE consumer = $1 AND partition = $2 FOR UPDATE"},
          letter.consumer, letter.message.partition)
      .has_value();
}

bool remove(Tx& tx, DeadLetterId id) { return tx.exec("DELETE FROM dead_letters WHERE id = $1", id) > 0; }

/// Before what waits of the same key, if it is older: as if it had never been given up.
void park_again(Tx& tx, const DeadLetter& letter) {
  const auto& message = letter.message;
  const Parking parking{letter.consumer, message.partition};
  Parked parked{.delivery = message, .first_at = letter.first_at, .error = letter.error};
  auto first = parking.first_of(tx, message.key);
  if (!first || message.position < first->delivery.position) parked.next_at = tx.now();
  if (first && parked.next_at) {
    first->next_at.reset();
    parking.update(tx, *first);
  }
  parking.add(tx, parked);
}

}  // namespace

// A statement for each filter: no index helps with `$1 IS NULL OR topic = $1`.
std::vector<DeadLetter> DeadLetters::list(Snapshot& snapshot, const DeadLetterFilter& filter,
                                          std::optional<Uuid> before, std::int64_t limit) const {
  std::vector<DeadLetter> letters;
  const auto take = [&](const Row& row) { letters.push_back(read_letter(row)); };
  if (filter.topic)
    snapshot.visit(
        "SELECT partition, position, message_id, topic, key, type, payload, headers, at, id, consumer, attempts, "
        "error, first_at, last_at FROM dead_letters WHERE topic = $1 AND id < $2 AND ($3 IS NULL OR consumer = $3) "
        "ORDER BY id DESC LIMIT $4",
        take, *filter.topic, below(before), filter.consumer, limit);
  if (!filter.topic && filter.consumer)
    snapshot.visit(
        "SELECT partition, position, message_id, topic, key, type, payload, headers, at, id, consumer, attempts, "
        "error, first_at, last_at FROM dead_letters WHERE consumer = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        take, *filter.consumer, below(before), limit);
  if (!filter.topic && !filter.consumer)
    snapshot.visit(
        "SELECT partition, position, message_id, topic, key, type, payload, headers, at, id, consumer, attempts, "
        "error, first_at, last_at FROM dead_letters WHERE id < $1 ORDER BY id DESC LIMIT $2",
        take, below(before), limit);
  return letters;
}

Result<DeadLetter> DeadLetters::find(Snapshot& snapshot, DeadLetterId id) const {
  std::optional<DeadLetter> found;
  snapshot.visit(
      "SELECT partition, position, message_id, topic, key, type, payload, headers, at, id, consumer, attempts, error, "
      "first_at, last_at FROM dead_letters WHERE id = $1",
      [&](const Row& row) { found = read_letter(row); }, id);
  if (!found) return not_there();
  return *std::move(found);
}

Result<void> DeadLetters::replay(Tx& tx, const Caller& caller, DeadLetterId id) const {
  const auto letter = find(tx, id);
  if (!letter) return letter.error();
  if (auto revived = revive(tx, *letter); !revived) return revived;
  record_audit(tx, caller, {.action = "dead-letter.replayed", .subject = id.to_string(), .details = about(*letter)});
  return {};
}

Result<void> DeadLetters::revive(Tx& tx, const DeadLetter& letter) const {
  if (!consumers_.knows(letter.consumer) || !lock_consumer(tx, letter))
    return Error{problems::consumer_unknown, "This server has no consumer " + letter.consumer + "."};
  if (!remove(tx, letter.id)) return not_there();  // replayed or discarded by somebody else meanwhile
  park_again(tx, letter);
  tx.on_commit([this, consumer = letter.consumer, partition = letter.message.partition] {
    consumers_.wake(consumer, partition);
  });
  return {};
}

// What dies again while this goes on has a newer id and waits for the next call.
void DeadLetters::replay_next(Tx& tx, const Caller& caller, const ReplayFilter& filter,
                              ReplayProgress& progress) const {
  if (!progress.until) {
    const auto newest = list(tx, {filter.topic, filter.consumer}, std::nullopt, 1);
    progress.is_over = newest.empty();
    if (progress.is_over) return;
    progress.until = newest.front().id;
  }
  std::vector<DeadLetter> letters;
  tx.visit(
      "SELECT partition, position, message_id, topic, key, type, payload, headers, at, id, consumer, attempts, error, "
      "first_at, last_at FROM dead_letters WHERE topic = $1 AND id > $2 AND id <= $3 "
      "AND ($4 IS NULL OR consumer = $4) ORDER BY id LIMIT $5",
      [&](const Row& row) { letters.push_back(read_letter(row)); }, filter.topic, progress.after, *progress.until,
      filter.consumer, chunk);
  std::int64_t replayed = 0;
  for (const auto& letter : letters) {
    const auto revived = revive(tx, letter);
    if (revived) ++replayed;
    if (!revived && revived.error().problem == problems::consumer_unknown) ++progress.skipped;
    progress.after = letter.id;
  }
  progress.replayed += replayed;
  progress.is_over = letters.size() < static_cast<std::size_t>(chunk) || progress.after == *progress.until;
  if (replayed == 0) return;
  json::object details{{"count", replayed}};
  if (filter.consumer) details["consumer"] = *filter.consumer;
  record_audit(tx, caller, {.action = "dead-letters.replayed", .subject = filter.topic, .details = details});
}

ReplayProgress DeadLetters::replay_all(Database& database, const Caller& caller, const ReplayFilter& filter) const {
  ReplayProgress progress;
  while (!progress.is_over) {
    const auto done = database.write([&](Tx& tx) -> Result<ReplayProgress> {
      auto next = progress;  // it may run again
      replay_next(tx, caller, filter, next);
      return next;
    });
    progress = done.value();
  }
  return progress;
}

Result<void> DeadLetters::discard(Tx& tx, const Caller& caller, DeadLetterId id, std::string_view reason) const {
  const auto letter = find(tx, id);
  if (!letter) return letter.error();
  if (!remove(tx, id)) return not_there();
  auto details = about(*letter);
  details["reason"] = reason;
  record_audit(tx, caller, {.action = "dead-letter.discarded", .subject = id.to_string(), .details = details});
  return {};
}

}  // namespace guerdon::bus
