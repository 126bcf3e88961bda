// See feed_figures.hpp.
#include "bus/feed_figures.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <tuple>

#include "bus/figures.hpp"

namespace guerdon::bus {
namespace {

void tell_reader(Snapshot& snapshot, MetricSheet& sheet, const std::string& topic, const std::string& reader) {
  constexpr Sql behind =
      "SELECT COUNT(*) FROM (SELECT 1 AS one FROM feed_offsets AS f"
      " JOIN outbox AS o ON o.topic = $1 AND o.partition = f.partition AND o.position > f.position"
      " WHERE f.topic = $1 AND f.consumer = $2 LIMIT $3) AS found";
  constexpr Sql oldest =
      "SELECT MIN((SELECT o.at FROM outbox AS o WHERE o.topic = $1 AND o.partition = f.partition"
      " AND o.position > f.position ORDER BY o.position LIMIT 1))"
      " FROM feed_offsets AS f WHERE f.topic = $1 AND f.consumer = $2";
  const auto count = snapshot.get<std::int64_t>(behind, topic, reader, most_counted);
  const auto from = snapshot.get<std::optional<Instant>>(oldest, topic, reader);
  const auto age = from ? std::max(snapshot.now() - *from, std::chrono::milliseconds{0}) : std::chrono::milliseconds{0};
  const MetricLabels labels{{"topic", topic}, {"reader", reader}};
  sheet.gauge("bus_feed_reader_lag_messages", "Messages that a reader of the feed has not committed yet, up to 10000.",
              static_cast<double>(count), labels);
  sheet.gauge("bus_feed_reader_lag_seconds", "Age of the oldest message that a reader of the feed has not committed.",
              std::chrono::duration<double>(age).count(), labels);
}

}  // namespace

void tell_feed_readers(Snapshot& snapshot, MetricSheet& sheet, Instant since) {
  constexpr Sql sql =
      "SELECT topic, consumer FROM (SELECT topic, consumer, committed_at FROM feed_offsets"
      " ORDER BY topic, consumer LIMIT $1) AS found WHERE committed_at > $2"
      " GROUP BY topic, consumer ORDER BY topic, consumer";
  const auto readers = snapshot.list<std::tuple<std::string, std::string>>(sql, most_counted, since);
  sheet.gauge("bus_feed_readers", "Readers of the feed that messages are kept for, one for each topic.",
              static_cast<double>(readers.size()));
  std::int64_t told = 0;
  for (const auto& [topic, reader] : readers) {
    if (++told > most_readers_told) return;
    tell_reader(snapshot, sheet, topic, reader);
  }
}

}  // namespace guerdon::bus
