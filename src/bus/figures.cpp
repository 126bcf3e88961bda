// See figures.hpp. An offset moves past what its consumer ignores only now and then, so that the difference between
// offset and head says little: what counts are the messages of the consumer's own topic.
#include "bus/figures.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

namespace guerdon::bus {
namespace {

using Counts = std::map<std::string, std::int64_t>;

void tell(MetricSheet& sheet, std::string_view name, std::string_view help, const Counts& counts) {
  for (const auto& [consumer, count] : counts)
    sheet.gauge(name, help, static_cast<double>(count), {{"consumer", consumer}});
}

Counts counted(Snapshot& snapshot, Sql sql, const std::vector<std::string>& consumers) {
  Counts counts;
  for (const auto& consumer : consumers) counts.emplace(consumer, 0);
  snapshot.visit(
      sql, [&](const Row& row) { counts[column<std::string>(row, 0)] = column<std::int64_t>(row, 1); }, most_counted);
  return counts;
}

}  // namespace

void tell_lag(Snapshot& snapshot, MetricSheet& sheet, const Follower& follower) {
  constexpr Sql behind =
      "SELECT COUNT(*) FROM (SELECT 1 AS one FROM consumer_offsets AS c"
      " JOIN outbox AS o ON o.topic = $2 AND o.partition = c.partition AND o.position > c.position"
      " WHERE c.consumer = $1 AND ($3 = '' OR o.type = $3) LIMIT $4) AS found";
  constexpr Sql oldest =
      "SELECT MIN((SELECT o.at FROM outbox AS o WHERE o.topic = $2 AND o.partition = c.partition"
      " AND o.position > c.position AND ($3 = '' OR o.type = $3) ORDER BY o.position LIMIT 1))"
      " FROM consumer_offsets AS c WHERE c.consumer = $1";
  const auto& [consumer, topic, type] = follower;
  const auto count = snapshot.get<std::int64_t>(behind, consumer, topic, type, most_counted);
  const auto since = snapshot.get<std::optional<Instant>>(oldest, consumer, topic, type);
  const auto age =
      since ? std::max(snapshot.now() - *since, std::chrono::milliseconds{0}) : std::chrono::milliseconds{0};
  const MetricLabels labels{{"consumer", consumer}};
  sheet.gauge("bus_consumer_lag_messages", "Messages that the consumer has not passed yet, up to 10000.",
              static_cast<double>(count), labels);
  sheet.gauge("bus_consumer_lag_seconds", "Age of the oldest message that the consumer has not passed yet.",
              std::chrono::duration<double>(age).count(), labels);
}

void tell_parked(Snapshot& snapshot, MetricSheet& sheet, const std::vector<std::string>& consumers) {
  constexpr Sql sql =
      "SELECT consumer, COUNT(*) FROM (SELECT consumer FROM parked LIMIT $1) AS found GROUP BY consumer";
  tell(sheet, "bus_parked_messages", "Messages that failed and wait to be tried again, and those behind them.",
       counted(snapshot, sql, consumers));
}

void tell_dead_letters(Snapshot& snapshot, MetricSheet& sheet, const std::vector<std::string>& consumers) {
  constexpr Sql sql =
      "SELECT consumer, COUNT(*) FROM (SELECT consumer FROM dead_letters LIMIT $1) AS found GROUP BY consumer";
  tell(sheet, "bus_dead_letters", "Messages that were given up and await a decision.",
       counted(snapshot, sql, consumers));
}

}  // namespace guerdon::bus
