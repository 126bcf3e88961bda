// Writes the messages of a transaction into the log, as the last thing before its commit.
// Positions are taken from a row that stays locked until then: without gaps, and in commit order.
#pragma once

#include <atomic>
#include <span>
#include <vector>

#include "guerdon/store.hpp"

namespace guerdon::bus {

class OutboxWriter {
 public:
  explicit OutboxWriter(bool pseudonymous) : pseudonymous_(pseudonymous) {}

  /// Moves from headers. Throws StoreError. Thread-safe.
  void write(Snapshot& store, std::span<OutgoingMessage> messages);

  /// A property of the database, read once.
  [[nodiscard]] int partitions(Snapshot& store);

 private:
  void write_one_by_one(Snapshot& store, std::span<OutgoingMessage> messages);
  void write_partitions(Snapshot& store, std::span<OutgoingMessage> messages);

  const bool pseudonymous_;
  std::atomic<int> partitions_{0};  // 0 = not read yet
};

}  // namespace guerdon::bus
