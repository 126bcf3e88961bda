// See feed_offsets.hpp.
#include "bus/feed_offsets.hpp"

namespace guerdon::bus {

std::optional<Positions> find_offsets(Snapshot& snapshot, std::string_view topic, std::string_view consumer) {
  auto positions = snapshot.list<std::int64_t>(
      "SELECT position FROM feed_offsets WHERE topic = $1 AND consumer = $2 ORDER BY partition", topic, consumer);
  if (positions.empty()) return std::nullopt;
  return positions;
}

// In the order of the partitions, so that two commits never wait for each other.
Positions commit_offsets(Tx& tx, std::string_view topic, std::string_view consumer, const Positions& positions,
                         bool may_go_back) {
  Positions committed;
  std::int64_t partition = 0;
  for (const auto position : positions)
    committed.push_back(tx.get<std::int64_t>(
        "INSERT INTO feed_offsets (topic, consumer, partition, position, committed_at) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (topic, consumer, partition) DO UPDATE SET committed_at = excluded.committed_at, position = "
        "CASE WHEN $6 OR excluded.position > feed_offsets.position THEN excluded.position "
        "ELSE feed_offsets.position END RETURNING position",
        topic, consumer, partition++, position, tx.now(), may_go_back));
  return committed;
}

std::vector<Pin> list_pins(Snapshot& snapshot, Instant since) {
  std::vector<Pin> pins;
  snapshot.visit(
      "SELECT partition, min(position) FROM feed_offsets WHERE committed_at > $1 GROUP BY partition",
      [&](const Row& row) { pins.push_back({column<int>(row, 0), column<std::int64_t>(row, 1)}); }, since);
  return pins;
}

}  // namespace guerdon::bus
