// The bounded queue in front of a store: two lanes, taken in turn by the time they use. Who has patience waits there
// for company. Thread-safe; it never blocks whoever pushes.
#pragma once

#include <cassert>
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
  enum class Company {
    awaited,   ///< a pop gives nothing while all that wait have patience left and are few; then, one after the other,
               ///< all
    unwanted,  ///< whatever is queued can be popped at once
  };

  /// With several threads popping, at most `background_at_once` commands of the background are out at a time: each
  /// counts from its pop to its spent(). Company is for one thread that pops, without such a limit.
  explicit CommandQueue(std::size_t limit_per_lane, std::size_t background_at_once = SIZE_MAX,
                        Company company = Company::unwanted)
      : limit_(limit_per_lane), background_at_once_(background_at_once), company_(company) {
    assert(company == Company::unwanted || background_at_once == SIZE_MAX);
  }

  /// Takes the command only if it answers `queued`.
  [[nodiscard]] Push push(std::unique_ptr<Command>& command);
  /// The next one, patient or not, or null when none waits that may run.
  [[nodiscard]] std::unique_ptr<Command> try_pop();
  /// Whether the last one that was popped and all that wait had patience when they came. For the one thread that pops.
  [[nodiscard]] bool is_patient() const;
  /// Waits for the next one; null after `patience` or wake(), or when the queue is closed and empty.
  [[nodiscard]] std::unique_ptr<Command> pop(std::chrono::milliseconds patience);
  /// Waits without end; null after wake(), or when the queue is closed and empty.
  [[nodiscard]] std::unique_ptr<Command> pop();
  /// Whoever waits in a pop, or else the next to pop, does not wait on, nor does what has patience: there is something
  /// else to do.
  void wake();

  void spent(Lane lane, std::chrono::nanoseconds time);
  void close();  ///< what is queued can still be popped
  [[nodiscard]] bool closed() const;
  /// Closed and empty: nothing will ever come out of it again. A pop that gave up does not say so by itself.
  [[nodiscard]] bool drained() const;
  [[nodiscard]] std::size_t size() const;

 private:
  using Steady = std::chrono::steady_clock;
  struct Waiting {
    std::unique_ptr<Command> command;
    bool is_patient;
  };
  static constexpr Steady::time_point at_once = Steady::time_point::min(), never = Steady::time_point::max();

  [[nodiscard]] std::unique_ptr<Command> wait_and_take(Steady::time_point until);
  [[nodiscard]] std::unique_ptr<Command> take();
  [[nodiscard]] Steady::time_point due(std::chrono::milliseconds patience) const;
  [[nodiscard]] bool background_may_run() const {
    return !background_.empty() && background_out_ < background_at_once_;
  }
  [[nodiscard]] bool empty() const { return requests_.empty() && background_.empty(); }
  [[nodiscard]] bool may_run() const { return !requests_.empty() || background_may_run(); }
  [[nodiscard]] bool is_due() const { return due_ == at_once || due_ <= Steady::now(); }
  [[nodiscard]] bool ready() const { return (may_run() && is_due()) || (closed_ && empty()); }

  const std::size_t limit_, background_at_once_;
  const Company company_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> requests_, background_;
  std::size_t background_out_ = 0;
  std::size_t impatient_ = 0;       // of those that wait
  bool is_last_patient_ = false;    // of those that were popped
  Steady::time_point due_ = never;  // of all that wait: the first whose patience ends
  LaneShare share_;
  bool closed_ = false, woken_ = false;
};

}  // namespace guerdon::store
