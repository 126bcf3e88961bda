// What the relay knows of one topic. Belongs to the relay's thread, but for the figures and for what is fresh.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "kafka/cursor.hpp"
#include "kafka/figures.hpp"
#include "kafka/producer.hpp"

namespace guerdon::kafka {

using Steady = std::chrono::steady_clock;

/// Why a topic does not go on with the producer that it shares.
struct Refusal {
  std::string reason;
  bool blames_message = false;  ///< one of several that went out together; which one shows when they go out alone
};

struct Topic {
  explicit Topic(std::string topic) : name(std::move(topic)), consumer("kafka." + name) {}

  const std::string name;
  const std::string consumer;  ///< under which its place in the log is kept
  std::deque<Cursor> cursors;  ///< by partition of the log; the addresses stay
  /// What an operator took out of the dead letters, counted from 1, and where each is in the log: they are parked.
  Cursor replays{0};
  std::deque<std::pair<int, std::int64_t>> replaying;  ///< from replays.stored() + 1 on

  Flow flow = Flow::flowing;
  std::unique_ptr<Producer> own;  ///< while apart
  int window = 1;                 ///< messages in flight at most, while apart
  std::int64_t recovered = 0;     ///< delivered since it is apart
  int pauses = 0;                 ///< in a row
  Steady::time_point retry_at{};  ///< while paused

  int in_flight = 0;
  std::size_t bytes = 0;  ///< in flight
  std::optional<Refusal> refusal;
  bool is_interrupted = false;  ///< of something in flight nobody knows whether it arrived
  bool has_buried = false;      ///< since its producer was made
  bool gets_on = false;         ///< its last producer broke, but not before something was settled

  /// Partitions of the log with messages that were not looked at, as bits. Any thread may add some.
  std::atomic<std::uint64_t> fresh{0};

  struct {
    std::atomic<Flow> flow{Flow::flowing};
    std::atomic<std::uint64_t> delivered{0}, refused{0}, dead{0};
    std::atomic<std::int64_t> in_flight{0}, lag{0};
  } figures;

  static constexpr std::uint64_t bit(std::size_t partition) { return std::uint64_t{1} << (partition % 64); }

  /// Nothing of it is in flight any more, whatever became of it; what is not settled is read again.
  void rewind() {
    for (auto& cursor : cursors) cursor.rewind();
    replays.rewind();
    replaying.resize(static_cast<std::size_t>(replays.read() - replays.stored()));
    in_flight = 0;
    bytes = 0;
    is_interrupted = false;
    fresh = ~std::uint64_t{0};
  }
};

}  // namespace guerdon::kafka
