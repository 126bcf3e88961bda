// See feed_readers.hpp. A reader on a quiet topic may be far behind the head and yet have missed nothing: what counts
// are the messages of its topic, as with the consumers inside (figures.cpp).
#include "bus/feed_readers.hpp"

#include "bus/figures.hpp"

namespace guerdon::bus {

std::vector<FeedReader> list_readers(Snapshot& snapshot, const ReaderKey& after, std::int64_t limit) {
  std::vector<FeedReader> readers;
  snapshot.visit(
      "SELECT topic, consumer, MAX(committed_at) FROM feed_offsets WHERE topic > $1 OR (topic = $1 AND consumer > $2) "
      "GROUP BY topic, consumer ORDER BY topic, consumer LIMIT $3",
      [&](const Row& row) {
        readers.push_back({.key = {column<std::string>(row, 0), column<std::string>(row, 1)},
                           .positions = {},
                           .committed_at = column<Instant>(row, 2),
                           .oldest_at = {}});
      },
      after.topic, after.consumer, limit);
  for (auto& reader : readers) {
    const auto& [topic, consumer] = reader.key;
    reader.positions = find_offsets(snapshot, topic, consumer).value_or(Positions{});
    reader.lag = snapshot.get<std::int64_t>(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM feed_offsets AS f"
        " JOIN outbox AS o ON o.topic = $1 AND o.partition = f.partition AND o.position > f.position"
        " WHERE f.topic = $1 AND f.consumer = $2 LIMIT $3) AS found",
        topic, consumer, most_counted);
    reader.oldest_at = snapshot.get<std::optional<Instant>>(
        "SELECT MIN((SELECT o.at FROM outbox AS o WHERE o.topic = $1 AND o.partition = f.partition"
        " AND o.position > f.position ORDER BY o.position LIMIT 1))"
        " FROM feed_offsets AS f WHERE f.topic = $1 AND f.consumer = $2",
        topic, consumer);
  }
  return readers;
}

bool remove_reader(Tx& tx, std::string_view topic, std::string_view consumer) {
  return tx.exec("DELETE FROM feed_offsets WHERE topic = $1 AND consumer = $2", topic, consumer) > 0;
}

}  // namespace guerdon::bus
