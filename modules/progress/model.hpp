// The rules of counting, pure: facts in, progress out. No I/O, no clock.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "guerdon/time.hpp"

namespace guerdon::progress {

/// When facts count: [start, end) without the pauses [from, to), each pause open-ended until the event goes on.
struct Interval {
  Instant from;
  std::optional<Instant> to;
  [[nodiscard]] bool contains(Instant at) const { return from <= at && (!to || at < *to); }
};

struct Window {
  Interval period;
  std::vector<Interval> pauses;
  TimeZone zone;
  [[nodiscard]] bool counts(Instant at) const;
};

/// Parameters of CONSECUTIVE_LOGIN. `freeze_days` missed days a run are bridged without being counted.
struct StreakRule {
  std::int64_t days = 1;
  std::int64_t freeze_days = 0;
};

/// Days in a row, and how many were missed after them.
struct Stretch {
  std::int64_t days = 0;
  std::int64_t missed = 0;
  friend bool operator==(const Stretch&, const Stretch&) = default;
};
BOOST_DESCRIBE_STRUCT(Stretch, (), (days, missed))

/// The longest run of days that ends at the last counted one with no more missed than the freezes bridge. A run that
/// needs more loses its oldest days, not all: so one more login never makes a run shorter, whenever it is heard of.
struct Streak {
  std::int64_t run = 0;
  std::int64_t freezes_used = 0;
  std::int64_t best = 0;
  std::optional<Date> last_day;
  std::optional<Instant> met_at;      ///< of the log-in that completed the run; once set it stays
  std::vector<Stretch> earlier = {};  ///< of the run, before its last days in a row
  friend bool operator==(const Streak&, const Streak&) = default;
};
BOOST_DESCRIBE_STRUCT(Streak, (), (run, freezes_used, best, last_day, met_at, earlier))

/// The streak after a log-in at `at`, which must not be on an earlier day than the last one counted: disorder is
/// for `fold`. Another log-in of the same day changes nothing.
Streak advance(const Streak& streak, const StreakRule& rule, const TimeZone& zone, Instant at);

/// The streak that a user's log-ins amount to, given oldest first. Those outside the window are passed over.
Streak fold(const StreakRule& rule, const Window& window, std::span<const Instant> logins);

/// What the user is shown: the run until the condition is met, then what was required.
std::int64_t progress_of(const Streak& streak, const StreakRule& rule);

/// The first instant at which a log-in no longer continues the run; empty without a run, or once met.
std::optional<Instant> lost_at(const Streak& streak, const StreakRule& rule, const TimeZone& zone);

}  // namespace guerdon::progress
