// See feed_reading.hpp.
#include "bus/feed_reading.hpp"

#include <algorithm>

#include "bus/outbox_log.hpp"

namespace guerdon::bus {
namespace {

/// The messages of one partition on their way into a page.
struct Lane {
  std::vector<Delivery> rows;
  std::size_t next = 0;

  [[nodiscard]] bool is_spent() const { return next == rows.size(); }
};

std::vector<Delivery> read_all(Snapshot& snapshot, int partition, std::int64_t after, int limit) {
  std::vector<Delivery> rows;
  snapshot.visit(
      "SELECT partition, position, message_id, topic, key, type, payload, headers, at FROM outbox "
      "WHERE partition = $1 AND position > $2 ORDER BY position LIMIT $3",
      [&](const Row& row) { rows.push_back(read_delivery(row)); }, partition, after, limit);
  return rows;
}

std::int64_t first_kept(Snapshot& snapshot, int partition, std::int64_t head) {
  return snapshot
      .find<std::int64_t>("SELECT position FROM outbox WHERE partition = $1 ORDER BY position LIMIT 1", partition)
      .value_or(head + 1);
}

Lane* oldest_of(std::vector<Lane>& lanes) {
  Lane* oldest = nullptr;
  for (auto& lane : lanes) {
    if (lane.is_spent()) continue;
    if (oldest == nullptr || lane.rows[lane.next].time < oldest->rows[oldest->next].time) oldest = &lane;
  }
  return oldest;
}

}  // namespace

Positions list_heads(Snapshot& snapshot) {
  return snapshot.list<std::int64_t>("SELECT next - 1 FROM outbox_head ORDER BY partition");
}

Positions list_beginnings(Snapshot& snapshot, const Positions& heads) {
  Positions beginnings;
  for (std::size_t p = 0; p < heads.size(); ++p)
    beginnings.push_back(first_kept(snapshot, static_cast<int>(p), heads[p]) - 1);
  return beginnings;
}

bool is_pruned_after(Snapshot& snapshot, const Positions& place, const Positions& heads) {
  for (std::size_t p = 0; p < heads.size(); ++p)
    if (place[p] < heads[p] && first_kept(snapshot, static_cast<int>(p), heads[p]) > place[p] + 1) return true;
  return false;
}

Reading read_across(Snapshot& snapshot, std::string_view topic, const Positions& after, const Positions& heads,
                    int limit) {
  std::vector<Lane> lanes(heads.size());
  for (std::size_t p = 0; p < heads.size(); ++p) {
    if (after[p] >= heads[p]) continue;
    const auto partition = static_cast<int>(p);
    lanes[p].rows = topic.empty() ? read_all(snapshot, partition, after[p], limit)
                                  : read_topic(snapshot, topic, partition, after[p], limit);
  }
  Reading reading{.messages = {}, .end = after};
  while (reading.messages.size() < static_cast<std::size_t>(limit)) {
    auto* const lane = oldest_of(lanes);
    if (lane == nullptr) break;
    auto& message = lane->rows[lane->next++];
    reading.end[static_cast<std::size_t>(message.partition)] = message.position;
    reading.messages.push_back(std::move(message));
  }
  for (std::size_t p = 0; p < heads.size(); ++p) {
    const bool is_through = lanes[p].is_spent() && lanes[p].rows.size() < static_cast<std::size_t>(limit);
    if (is_through) reading.end[p] = std::max(reading.end[p], heads[p]);
    reading.has_more = reading.has_more || !is_through;
  }
  return reading;
}

}  // namespace guerdon::bus
