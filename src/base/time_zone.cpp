// Time zones by the date library over the system's tzdata. Its types end here.
#include "guerdon/time.hpp"

#include <date/tz.h>

#include <stdexcept>

namespace guerdon {
namespace {

constexpr std::string_view utc = "UTC";

const date::time_zone& zone_of(const void* pointer) { return *static_cast<const date::time_zone*>(pointer); }

}  // namespace

std::optional<TimeZone> TimeZone::find(std::string_view iana) {
  if (iana == utc) return TimeZone{};
  if (iana == "localtime") return std::nullopt;  // the machine's, which is no IANA name
  static_cast<void>(date::get_tzdb());           // throws when there is none
  try {
    const auto* zone = date::locate_zone(iana);
    static_cast<void>(zone->get_info(date::sys_seconds{}));  // reads its rules, so that nothing can fail later
    return TimeZone{zone};
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

std::string_view TimeZone::name() const noexcept {
  return zone_ == nullptr ? utc : std::string_view{zone_of(zone_).name()};
}

Date TimeZone::local_date(Instant instant) const {
  if (zone_ != nullptr) instant += zone_of(zone_).get_info(instant).offset;
  return std::chrono::floor<std::chrono::days>(instant);
}

Instant TimeZone::start_of_day(Date date) const {
  if (zone_ == nullptr) return date;
  const date::local_seconds midnight{date.time_since_epoch()};
  const auto info = zone_of(zone_).get_info(midnight);
  // Where clocks jump over midnight, the day begins at the jump; where they pass it twice, at the first time.
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return Instant{midnight.time_since_epoch() - info.first.offset};
}

}  // namespace guerdon
