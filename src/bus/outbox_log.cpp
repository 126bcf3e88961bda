// See outbox_log.hpp.
#include "bus/outbox_log.hpp"

#include <boost/json.hpp>

namespace guerdon::bus {

Delivery read_delivery(const Row& row) {
  const auto headers = row.text(7);
  return {.partition = static_cast<int>(row.integer(0)),
          .position = row.integer(1),
          .id = column<MessageId>(row, 2),
          .topic = column<std::string>(row, 3),
          .key = column<std::string>(row, 4),
          .type = column<std::string>(row, 5),
          .payload = column<std::string>(row, 6),
          .headers = headers == "{}" ? json::object{} : json::parse(headers).as_object(),
          .time = column<Instant>(row, 8)};
}

Place lock_offset(Tx& tx, std::string_view consumer, int partition) {
  const auto [position, moved_at, last] = tx.get<std::tuple<std::int64_t, Instant, std::int64_t>>(
      Sql{"SELECT o.position, o.moved_at, h.next - 1 FROM consumer_offsets o "
          "JOIN outbox_head h ON h.partition = o.partition WHERE o.consumer = $1 AND o.partition = $2",
          "SELECT o.position, o.moved_at, h.next - 1 FROM consumer_offsets o "
          "JOIN outbox_head h ON h.partition = o.partition WHERE o.consumer = $1 AND o.partition = $2 "
          "FOR UPDATE OF o"},
      consumer, partition);
  return {position, moved_at, last};
}

void move_offset(Tx& tx, std::string_view consumer, int partition, std::int64_t position) {
  tx.exec("UPDATE consumer_offsets SET position = $3, moved_at = $4 WHERE consumer = $1 AND partition = $2", consumer,
          partition, position, tx.now());
}

std::vector<Delivery> read_topic(Snapshot& store, std::string_view topic, int partition, std::int64_t after,
                                 int limit) {
  std::vector<Delivery> batch;
  store.visit(
      "SELECT partition, position, message_id, topic, key, type, payload, headers, at FROM outbox "
      "WHERE topic = $1 AND partition = $2 AND position > $3 ORDER BY position LIMIT $4",
      [&](const Row& row) { batch.push_back(read_delivery(row)); }, topic, partition, after, limit);
  return batch;
}

}  // namespace guerdon::bus
