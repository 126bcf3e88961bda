// Says whether the system's clock can be believed, for what can't be taken back when it was wrong. It compares the
// clock with the time that really passed and with the latest instant that the database knows. The sandbox's is not its
// affair.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "guerdon/bus.hpp"
#include "guerdon/store.hpp"
#include "guerdon/time.hpp"

namespace guerdon {

class ClockGuard {
 public:
  /// How far the clock may be off while the server runs, and how long a server may have been off: across that, a jump
  /// can't be told from a pause.
  static constexpr std::chrono::minutes tolerance{10};
  static constexpr std::chrono::hours longest_pause{72};

  /// `uptime` counts the time that passes, whatever the system's clock is set to. Both outlive the guard.
  ClockGuard(const Clock& system, const Clock& uptime) : system_(system), uptime_(uptime) {}

  /// Looks, and keeps in the database what time it must be and whether the clock shows it. A clock that has jumped
  /// stays so until it is set right or trusted, also across a restart, which explains nothing then.
  [[nodiscard]] bool is_sound(Tx& tx);
  /// Somebody who knows says that the clock is right as it is.
  void trust(Tx& tx);
  /// A pump's pass: looks now and then, so that the time in between is short.
  PumpResult pass(Tx& tx);

 private:
  struct Anchor {
    Instant expected, uptime;
  };

  const Clock& system_;
  const Clock& uptime_;
  std::mutex mutex_;  // two servers' worth of commands may run at once on PostgreSQL
  std::optional<Anchor> last_;
};

}  // namespace guerdon
