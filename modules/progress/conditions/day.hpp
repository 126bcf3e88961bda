// What the conditions on days have in common.
#pragma once

#include "rule.hpp"

namespace guerdon::progress {

/// A fact of the last counted day or of the next. In a gap there may be one that was stored and not counted.
[[nodiscard]] inline bool goes_on_from(const std::optional<Date>& last_day, const Fact& fact, const TimeZone& zone) {
  return last_day && zone.local_date(fact.key.at) - *last_day <= std::chrono::days{1};
}

inline void describe_day(const std::optional<Date>& last_day, const TimeZone& zone, Instant now,
                         ProgressDetail& detail) {
  const Date today = zone.local_date(now);
  detail.day_key = today;
  detail.counted_today = last_day == today;
  detail.next_reset_at = zone.start_of_day(today + std::chrono::days{1});
}

}  // namespace guerdon::progress
