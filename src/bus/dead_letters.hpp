// Messages that were given up: looked at, handed to their consumer again, or discarded. Whoever changes something is
// recorded. A replay keeps the order of its key among what still waits, and a letter is replayed once.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/parking.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon::bus {

namespace problems {
inline constexpr Problem consumer_unknown{409, "consumer-unknown"};  ///< nobody here would handle it
}  // namespace problems

struct DeadLetter {
  DeadLetterId id;
  std::string consumer;
  Delivery message;
  int attempts = 0;
  std::string error;
  Instant first_at, last_at;
};

struct DeadLetterFilter {
  std::optional<std::string> topic, consumer;
};

/// Which are replayed together.
struct ReplayFilter {
  std::string topic;
  std::optional<std::string> consumer;
};

/// How far a replay of many has come. It can be copied, so that a step may run again from where it began.
struct ReplayProgress {
  std::optional<DeadLetterId> until{};  ///< the newest there was at the first step
  DeadLetterId after{};
  std::int64_t replayed = 0, skipped = 0;  ///< skipped: for consumers that are unknown here
  bool is_over = false;
};

/// Who handles messages, as the bus knows it.
struct Consumers {
  std::function<bool(std::string_view consumer)> knows;
  std::function<void(const std::string& consumer, int partition)> wake;
};

class DeadLetters {
 public:
  explicit DeadLetters(Consumers consumers) : consumers_(std::move(consumers)) {}

  /// Newest first, those with an id below `before`.
  [[nodiscard]] std::vector<DeadLetter> list(Snapshot& snapshot, const DeadLetterFilter& filter,
                                             std::optional<Uuid> before, std::int64_t limit) const;
  /// Errors: not-found.
  [[nodiscard]] Result<DeadLetter> find(Snapshot& snapshot, DeadLetterId id) const;

  /// Its consumer gets it again, with all attempts before it. Errors: not-found, consumer-unknown.
  Result<void> replay(Tx& tx, const Caller& caller, DeadLetterId id) const;

  /// A step of many: the next 50, oldest first, of those there were at the first step. One audit entry a step.
  void replay_next(Tx& tx, const Caller& caller, const ReplayFilter& filter, ReplayProgress& progress) const;
  /// All there are, each step in a transaction of its own. Never on a thread of the store.
  [[nodiscard]] ReplayProgress replay_all(Database& database, const Caller& caller, const ReplayFilter& filter) const;

  /// Errors: not-found.
  Result<void> discard(Tx& tx, const Caller& caller, DeadLetterId id, std::string_view reason) const;

 private:
  [[nodiscard]] Result<void> revive(Tx& tx, const DeadLetter& letter) const;

  const Consumers consumers_;
};

}  // namespace guerdon::bus
