// Two chores of the log: old messages that every consumer has passed are removed, and consumers that stand still, or
// whose wake-up got lost or was another server's, are woken. It never removes what a consumer of this server has still
// to see.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guerdon/bus.hpp"

namespace guerdon::bus {

/// How far every consumer that the database knows is, with the head of its partition.
struct Standing {
  std::string consumer;
  int partition;
  std::int64_t position;
  Instant moved_at;
  std::int64_t last;
};
[[nodiscard]] std::vector<Standing> list_standings(Snapshot& store);

class Retention {
 public:
  using IsKnown = std::function<bool(std::string_view consumer)>;

  /// A consumer that is not known to this server keeps nothing from being removed, nor does a named reader of the feed
  /// that has not committed for as long as `forget_readers`.
  Retention(std::chrono::milliseconds keep, std::chrono::milliseconds forget_readers, IsKnown is_known)
      : keep_(keep), forget_readers_(forget_readers), is_known_(std::move(is_known)) {}

  /// Removes one chunk of one partition; how many messages, 0 when there is nothing to remove.
  std::int64_t prune(Tx& tx);

 private:
  std::int64_t prune(Tx& tx, int partition, std::int64_t passed) const;

  const std::chrono::milliseconds keep_, forget_readers_;
  const IsKnown is_known_;
};

class Watch {
 public:
  using Wake = std::function<void(const std::string& consumer, int partition)>;
  using Arm = std::function<void(const std::string& consumer, int partition, Instant at)>;

  /// `arm` is told when the next parked message of each is due, whoever parked it.
  Watch(std::int64_t lazy_messages, std::chrono::milliseconds lazy_time, Wake wake, Arm arm)
      : lazy_messages_(lazy_messages), lazy_time_(lazy_time), wake_(std::move(wake)), arm_(std::move(arm)) {}

  /// A pump's pass; polled.
  PumpResult pass(Tx& tx);

 private:
  void arm_retries(Snapshot& store) const;

  const std::int64_t lazy_messages_;
  const std::chrono::milliseconds lazy_time_;
  const Wake wake_;
  const Arm arm_;
  // The offsets and heads at the last look: whoever is behind and stands where he stood ignores what came.
  std::map<std::pair<std::string, int>, std::pair<std::int64_t, std::int64_t>> seen_;
};

}  // namespace guerdon::bus
