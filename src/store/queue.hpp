// The bounded queue in front of a store: two lanes, taken in turn by the time they use. Thread-safe; it never blocks
// whoever pushes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "guerdon/store.hpp"

namespace guerdon::store {

/// Whose turn it is: while both lanes wait, a quarter of the running time goes to the background. What a lane does not
/// use while it is empty is not saved up.
class LaneShare {
 public:
  /// At least one of them must be waiting.
  [[nodiscard]] Lane next(bool request_waits, bool background_waits) noexcept;
  void spent(Lane lane, std::chrono::nanoseconds time) noexcept;

 private:
  std::int64_t request_ = 0, background_ = 0;  // time used, weighted by the inverse of the share
};

class CommandQueue {
 public:
  enum class Push { queued, full, closed };

  /// With several threads popping, at most `background_at_once` commands of the background are out at a time: each
  /// counts from its pop to its spent().
  explicit CommandQueue(std::size_t limit_per_lane, std::size_t background_at_once = SIZE_MAX)
      : limit_(limit_per_lane), background_at_once_(background_at_once) {}

  /// Takes the command only if it answers `queued`.
  [[nodiscard]] Push push(std::unique_ptr<Command>& command);
  /// The next one, or null when none waits that may run.
  [[nodiscard]] std::unique_ptr<Command> try_pop();
  /// Waits for the next one; null after `patience` or wake(), or when the queue is closed and empty.
  [[nodiscard]] std::unique_ptr<Command> pop(std::chrono::milliseconds patience);
  /// Waits without end; null after wake(), or when the queue is closed and empty.
  [[nodiscard]] std::unique_ptr<Command> pop();
  /// Whoever waits in a pop, or else the next to pop, does not wait on: there is something else to do.
  void wake();

  void spent(Lane lane, std::chrono::nanoseconds time);
  void close();  ///< what is queued can still be popped
  [[nodiscard]] bool closed() const;
  /// Closed and empty: nothing will ever come out of it again. A pop that gave up does not say so by itself.
  [[nodiscard]] bool drained() const;
  [[nodiscard]] std::size_t size() const;

 private:
  [[nodiscard]] std::unique_ptr<Command> take();
  [[nodiscard]] bool background_may_run() const {
    return !background_.empty() && background_out_ < background_at_once_;
  }
  [[nodiscard]] bool empty() const { return requests_.empty() && background_.empty(); }
  [[nodiscard]] bool ready() const { return !requests_.empty() || background_may_run() || (closed_ && empty()); }

  const std::size_t limit_, background_at_once_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Command>> requests_, background_;
  std::size_t background_out_ = 0;
  LaneShare share_;
  bool closed_ = false, woken_ = false;
};

}  // namespace guerdon::store
