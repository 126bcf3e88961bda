// Calendar arithmetic on local dates only: a day of 23 or 25 hours is a day.
#include "model.hpp"

#include <algorithm>

namespace guerdon::progress {

bool Window::counts(Instant at) const {
  return period.contains(at) &&
         std::none_of(pauses.begin(), pauses.end(), [at](const Interval& pause) { return pause.contains(at); });
}

namespace {

/// After `missed` days: what went before becomes a stretch, and the oldest go until the freezes reach.
void bridge(Streak& streak, std::int64_t missed, std::int64_t freeze_days) {
  std::int64_t current = streak.run;
  for (const auto& stretch : streak.earlier) current -= stretch.days;
  streak.earlier.push_back({.days = current, .missed = missed});
  streak.freezes_used += missed;
  auto oldest = streak.earlier.begin();
  for (; streak.freezes_used > freeze_days; ++oldest) {
    streak.freezes_used -= oldest->missed;
    streak.run -= oldest->days;
  }
  streak.earlier.erase(streak.earlier.begin(), oldest);
}

}  // namespace

Streak advance(const Streak& streak, const StreakRule& rule, const TimeZone& zone, Instant at) {
  const Date day = zone.local_date(at);
  if (streak.last_day && day <= *streak.last_day) return streak;

  Streak next = streak;
  const std::int64_t missed = streak.last_day ? (day - *streak.last_day).count() - 1 : 0;
  if (missed > 0) bridge(next, missed, rule.freeze_days);
  ++next.run;
  next.best = std::max(streak.best, next.run);
  next.last_day = day;
  if (!next.met_at && next.run >= rule.days) next.met_at = at;
  return next;
}

Streak fold(const StreakRule& rule, const Window& window, std::span<const Instant> logins) {
  Streak streak;
  for (const Instant at : logins)
    if (window.counts(at)) streak = advance(streak, rule, window.zone, at);
  return streak;
}

std::int64_t progress_of(const Streak& streak, const StreakRule& rule) {
  return streak.met_at ? rule.days : streak.run;
}

std::optional<Instant> lost_at(const Streak& streak, const StreakRule& rule, const TimeZone& zone) {
  if (!streak.last_day || streak.met_at) return std::nullopt;
  const std::chrono::days reach{2 + rule.freeze_days - streak.freezes_used};
  return zone.start_of_day(*streak.last_day + reach);
}

}  // namespace guerdon::progress
