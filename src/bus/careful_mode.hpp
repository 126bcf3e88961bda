// After a crash: one message at a time in the whole process, each counted in a commit of its own before it runs, until
// every consumer has passed what the log held then. So a message that kills the process is found and given up, and no
// other one is suspected for it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "bus/consumer.hpp"
#include "guerdon/bus.hpp"

namespace guerdon::bus {

class CarefulMode {
 public:
  struct Member {
    Consumer* consumer;
    std::int64_t until;  ///< the head of its partition when the server started
  };

  /// Holds the consumers; each is let go when it is through, and `let_go` told, on a store thread.
  CarefulMode(std::vector<Member> members, std::function<void(Consumer&)> let_go);

  /// A pump's pass. One at a time.
  PumpResult pass(Tx& tx);
  /// Every consumer is through; for `let_go` and passes only.
  [[nodiscard]] bool is_over() const noexcept { return members_.empty(); }

 private:
  struct Running {
    Consumer* consumer;
    std::int64_t position;
  };
  void take_turn(Consumer& consumer, const Claim& claim);
  void leave(Consumer& consumer);
  std::vector<Member>::iterator find(const Consumer& consumer);

  std::function<void(Consumer&)> let_go_;
  // Changed on commit only: a pass that is undone has not happened.
  std::vector<Member> members_;  // whose turn is next, first
  std::optional<Running> running_;
};

}  // namespace guerdon::bus
