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

  /// One chunk of many, oldest first.
  struct Chunk {
    std::int64_t replayed = 0, skipped = 0;  ///< skipped: for consumers that are unknown here
    std::optional<DeadLetterId> last;        ///< go on after it; nothing = that was all
  };
  /// Those after `after` and up to `until`.
  [[nodiscard]] Chunk replay_chunk(Tx& tx, const Caller& caller, const DeadLetterFilter& filter, DeadLetterId after,
                                   DeadLetterId until) const;
  /// All there are, in transactions of a chunk each, up to `most`. Never on a thread of the store.
  [[nodiscard]] Chunk replay_all(Database& database, const Caller& caller, const DeadLetterFilter& filter,
                                 std::int64_t most) const;

  /// Errors: not-found.
  Result<void> discard(Tx& tx, const Caller& caller, DeadLetterId id, std::string_view reason) const;

 private:
  [[nodiscard]] Result<void> revive(Tx& tx, const DeadLetter& letter) const;

  const Consumers consumers_;
};

}  // namespace guerdon::bus
