// The messages that failed for one consumer in one partition, and those that wait behind them: their rows.
// Of each key exactly the first has a next_at; keeping that so is the caller's duty. No rule is decided here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guerdon/bus.hpp"

namespace guerdon::bus {

struct DeadLetterTag {
  static constexpr std::string_view prefix = "dlq";
};
using DeadLetterId = Id<DeadLetterTag>;

struct Parked {
  Delivery delivery;
  int attempts = 0;  ///< that ended in a failure
  int crashes = 0;   ///< runs that began in careful mode and have not come back
  std::optional<Instant> first_at{}, next_at{};
  std::string error{};
};

class Parking {
 public:
  Parking(std::string_view consumer, int partition) : consumer_(consumer), partition_(partition) {}

  /// The one whose turn comes next. Empty: nothing is parked at all.
  [[nodiscard]] std::optional<Parked> earliest(Snapshot& store) const;
  [[nodiscard]] std::optional<Parked> first_of(Snapshot& store, std::string_view key) const;
  [[nodiscard]] std::optional<Parked> at(Snapshot& store, std::int64_t position) const;
  [[nodiscard]] bool holds(Snapshot& store, std::string_view key) const {
    return first_position(store, key).has_value();
  }

  void add(Tx& tx, const Parked& parked) const;
  void update(Tx& tx, const Parked& parked) const;
  void remove(Tx& tx, std::int64_t position) const;

 private:
  [[nodiscard]] std::optional<std::int64_t> first_position(Snapshot& store, std::string_view key) const;

  std::string_view consumer_;  // of the consumer that owns this
  int partition_;
};

/// Keeps a message that was given up, under a new id, for people to look at and to replay.
void add_dead_letter(Tx& tx, std::string_view consumer, const Parked& parked);

}  // namespace guerdon::bus
