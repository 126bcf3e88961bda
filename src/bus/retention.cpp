// See retention.hpp.
#include "bus/retention.hpp"

#include <algorithm>

#include "bus/feed_offsets.hpp"

namespace guerdon::bus {
namespace {

constexpr std::int64_t chunk = 500;

}  // namespace

std::vector<Standing> list_standings(Snapshot& store) {
  std::vector<Standing> found;
  store.visit(
      "SELECT o.consumer, o.partition, o.position, o.moved_at, h.next - 1 FROM consumer_offsets o "
      "JOIN outbox_head h ON h.partition = o.partition",
      [&](const Row& row) {
        found.push_back({column<std::string>(row, 0), column<int>(row, 1), column<std::int64_t>(row, 2),
                         column<Instant>(row, 3), column<std::int64_t>(row, 4)});
      });
  return found;
}

std::int64_t Retention::prune(Tx& tx) {
  std::map<int, std::int64_t> passed;  // by all, in each partition
  tx.visit("SELECT partition, next - 1 FROM outbox_head",
           [&](const Row& row) { passed.emplace(column<int>(row, 0), column<std::int64_t>(row, 1)); });
  for (const auto& standing : list_standings(tx)) {
    if (!is_known_(standing.consumer)) continue;
    auto& least = passed[standing.partition];
    least = std::min(least, standing.position);
  }
  for (const auto& pin : list_pins(tx, tx.now() - forget_readers_)) {
    auto& least = passed[pin.partition];
    least = std::min(least, pin.position);
  }
  for (const auto& [partition, position] : passed)
    if (const auto removed = prune(tx, partition, position); removed > 0) return removed;
  return 0;
}

// The oldest messages as far as they are old enough, so that the log stays without holes.
std::int64_t Retention::prune(Tx& tx, int partition, std::int64_t passed) const {
  std::int64_t last = 0;
  bool is_old = true;
  tx.visit(
      "SELECT position, at FROM outbox WHERE partition = $1 AND position <= $2 ORDER BY position LIMIT $3",
      [&](const Row& row) {
        is_old = is_old && row.instant(1) + keep_ <= tx.now();
        if (is_old) last = row.integer(0);
      },
      partition, passed, chunk);
  if (last == 0) return 0;
  return tx.exec("DELETE FROM outbox WHERE partition = $1 AND position <= $2", partition, last);
}

PumpResult Watch::pass(Tx& tx) {
  for (const auto& standing : list_standings(tx)) {
    const std::pair now{standing.position, standing.last};
    const auto [seen, is_first] = seen_.try_emplace({standing.consumer, standing.partition}, now);
    const bool is_news = is_first || std::exchange(seen->second, now) != now;
    const auto behind = standing.last - standing.position;
    if (behind > 0 && (is_news || behind >= lazy_messages_ || tx.now() - standing.moved_at >= lazy_time_))
      wake_(standing.consumer, standing.partition);
  }
  arm_retries(tx);
  return {.next_at = tx.now() + lazy_time_};
}

// A replay, and a retry of a server that is gone, wake nobody here. One look into an index for each consumer, however
// much is parked.
void Watch::arm_retries(Snapshot& store) const {
  store.visit(
      "SELECT o.consumer, o.partition, (SELECT p.next_at FROM parked p WHERE p.consumer = o.consumer "
      "AND p.partition = o.partition AND p.next_at IS NOT NULL ORDER BY p.next_at LIMIT 1) FROM consumer_offsets o",
      [&](const Row& row) {
        if (!row.is_null(2)) arm_(column<std::string>(row, 0), column<int>(row, 1), row.instant(2));
      });
}

}  // namespace guerdon::bus
