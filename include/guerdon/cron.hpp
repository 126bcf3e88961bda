// When something comes round by the calendar: a cron expression of five fields, read by the clocks of a time zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guerdon/result.hpp"
#include "guerdon/time.hpp"

namespace guerdon {

class CronSchedule {
 public:
  /// Off: it never comes.
  CronSchedule() = default;

  /// Minute, hour, day of month, month and day of week, such as "*/10 8-18 * * MON-FRI", or @hourly, @daily, @midnight,
  /// @weekly, @monthly, @yearly, @annually. Where both days are restricted (neither begins with a star) one of them is
  /// enough. Empty = off. Errors: validation-failed; the detail names the field and the rule.
  [[nodiscard]] static Result<CronSchedule> parse(std::string_view text);

  [[nodiscard]] bool is_off() const noexcept { return text_.empty(); }
  /// As it was written, with single blanks.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  /// The first time after `after` that it comes; nothing when it is off. Each local time comes once: one that the zone
  /// skips at the first instant after the gap, one that the zone has twice at the first of them.
  [[nodiscard]] std::optional<Instant> next(Instant after, const TimeZone& zone) const;

  friend bool operator==(const CronSchedule&, const CronSchedule&) = default;

 private:
  [[nodiscard]] bool comes_on(Date local_day) const;
  [[nodiscard]] bool ever_comes() const;

  std::string text_;
  // A bit for each value; Sunday is 0.
  std::uint64_t minutes_ = 0, hours_ = 0, days_ = 0, months_ = 0, weekdays_ = 0;
  bool either_day_ = false;
};

}  // namespace guerdon
