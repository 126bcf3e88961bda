// Reading the log: what comes next on a topic, and how far a consumer is. It never writes a message.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "guerdon/bus.hpp"

namespace guerdon::bus {

/// A message from the columns partition, position, message_id, topic, key, type, payload, headers, at.
[[nodiscard]] Delivery read_delivery(const Row& row);
inline constexpr int delivery_columns = 9;

/// How far a consumer is in one partition.
struct Place {
  std::int64_t position;  ///< the last one passed; 0 = none
  Instant moved_at;
  std::int64_t last;  ///< the last position of the partition, committed by now; 0 = none
};

/// Locks the offset until the end of the transaction: on PostgreSQL another server's pass is waited for, so that a
/// consumer stays single. Throws std::logic_error when the consumer has no offset.
[[nodiscard]] Place lock_offset(Tx& tx, std::string_view consumer, int partition);
void move_offset(Tx& tx, std::string_view consumer, int partition, std::int64_t position);

/// The next messages of a topic. Those with positions up to a `Place::last` read before are complete.
[[nodiscard]] std::vector<Delivery> read_topic(Snapshot& store, std::string_view topic, int partition,
                                               std::int64_t after, int limit);

}  // namespace guerdon::bus
