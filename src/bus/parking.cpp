// See parking.hpp.
#include "bus/parking.hpp"

#include "bus/outbox_log.hpp"

namespace guerdon::bus {
namespace {

Parked read_parked(const Row& row) {
  return {.delivery = read_delivery(row),
          .attempts = column<int>(row, delivery_columns),
          .crashes = column<int>(row, delivery_columns + 1),
          .first_at = column<std::optional<Instant>>(row, delivery_columns + 2),
          .next_at = column<std::optional<Instant>>(row, delivery_columns + 3),
          .error = column<std::string>(row, delivery_columns + 4)};
}

}  // namespace

std::optional<Parked> Parking::earliest(Snapshot& store) const {
  const auto position = store.find<std::int64_t>(
      "SELECT position FROM parked WHERE consumer = $1 AND partition = $2 AND next_at IS NOT NULL "
      "ORDER BY next_at, position LIMIT 1",
      consumer_, partition_);
  return position ? at(store, *position) : std::nullopt;
}

std::optional<std::int64_t> Parking::first_position(Snapshot& store, std::string_view key) const {
  return store.find<std::int64_t>(
      "SELECT position FROM parked WHERE consumer = $1 AND partition = $2 AND key = $3 ORDER BY position LIMIT 1",
      consumer_, partition_, key);
}

std::optional<Parked> Parking::first_of(Snapshot& store, std::string_view key) const {
  const auto position = first_position(store, key);
  return position ? at(store, *position) : std::nullopt;
}

std::optional<Parked> Parking::at(Snapshot& store, std::int64_t position) const {
  std::optional<Parked> found;
  store.visit(
      "SELECT partition, position, message_id, topic, key, type, payload, headers, at, attempts, crashes, first_at, "
      "next_at, error FROM parked WHERE consumer = $1 AND partition = $2 AND position = $3",
      [&](const Row& row) { found = read_parked(row); }, consumer_, partition_, position);
  return found;
}

void Parking::add(Tx& tx, const Parked& parked) const {
  const auto& message = parked.delivery;
  tx.exec(
      "INSERT INTO parked (consumer, partition, position, message_id, topic, key, type, payload, headers, at, "
      "attempts, crashes, first_at, next_at, error) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
      consumer_, partition_, message.position, message.id, message.topic, message.key, message.type, message.payload,
      message.headers, message.time, parked.attempts, parked.crashes, parked.first_at, parked.next_at, parked.error);
}

void Parking::update(Tx& tx, const Parked& parked) const {
  tx.exec(
      "UPDATE parked SET attempts = $4, crashes = $5, first_at = $6, next_at = $7, error = $8 "
      "WHERE consumer = $1 AND partition = $2 AND position = $3",
      consumer_, partition_, parked.delivery.position, parked.attempts, parked.crashes, parked.first_at, parked.next_at,
      parked.error);
}

void Parking::remove(Tx& tx, std::int64_t position) const {
  tx.exec("DELETE FROM parked WHERE consumer = $1 AND partition = $2 AND position = $3", consumer_, partition_,
          position);
}

void add_dead_letter(Tx& tx, std::string_view consumer, const Parked& parked) {
  const auto& message = parked.delivery;
  tx.exec(
      "INSERT INTO dead_letters (id, consumer, partition, position, message_id, topic, key, type, payload, headers, "
      "at, attempts, error, first_at, last_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
      tx.new_id<DeadLetterId>(), consumer, message.partition, message.position, message.id, message.topic, message.key,
      message.type, message.payload, message.headers, message.time, parked.attempts + parked.crashes, parked.error,
      parked.first_at.value_or(tx.now()), tx.now());
}

}  // namespace guerdon::bus
