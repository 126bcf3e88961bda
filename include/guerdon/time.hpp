// Instants, dates and time zones, and their only text forms. Nobody but a Clock knows what time it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guerdon {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Date = std::chrono::sys_days;

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  [[nodiscard]] virtual Instant now() const = 0;  // safe from any thread
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
};

// RFC 3339 in UTC, always "2026-11-20T10:15:30.000Z". An instant outside the years 0 to 9999 is shown as the nearest
// inside.
[[nodiscard]] std::string to_rfc3339(Instant instant);
void append_rfc3339(std::string& out, Instant instant);

// Strict: upper-case T and Z, any offset, one to nine digits of fraction (cut to milliseconds), the years 1970 to 9999
// in UTC. A leap second (:60) is refused: no Instant means it.
[[nodiscard]] std::optional<Instant> parse_rfc3339(std::string_view text);

// "YYYY-MM-DD", the years 1 to 9999.
[[nodiscard]] std::string to_text(Date date);
void append_date(std::string& out, Date date);
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);

// ISO 8601 ("P1D", "PT15M", "P1DT2H30M", "PT0.5S"; weeks, days, hours, minutes, seconds, of fixed length) and the short
// form of the configuration, one number and one unit of ms, s, m, h, d ("250ms", "7d"). Never negative; months and
// years are refused.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// An IANA time zone, as cheap to copy as a pointer; UTC by default. Its rules come from the system's tzdata and are
// known to the year 2037: later instants use the zone's standard time.
class TimeZone {
 public:
  TimeZone() = default;

  // Throws std::runtime_error when the system has no time zone data at all.
  [[nodiscard]] static std::optional<TimeZone> find(std::string_view iana);

  [[nodiscard]] std::string_view name() const noexcept;

  [[nodiscard]] Date local_date(Instant instant) const;

  // The first instant whose local date is `date`. A day that the zone skips begins, and ends, where the next one
  // begins.
  [[nodiscard]] Instant start_of_day(Date date) const;

  friend bool operator==(const TimeZone&, const TimeZone&) noexcept = default;

 private:
  explicit TimeZone(const void* zone) noexcept : zone_{zone} {}

  const void* zone_ = nullptr;  // a zone of the process-wide database, which lives for ever; null is UTC
};

}  // namespace guerdon
