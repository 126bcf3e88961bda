// By the date library over the system's tzdata, as time_zone.cpp. Its types end here.
#include "cron/local_clock.hpp"

#include <date/tz.h>

namespace guerdon::cron {
namespace {

using std::chrono::floor, std::chrono::local_seconds, std::chrono::seconds;

const date::time_zone& zone_of(const void* pointer) { return *static_cast<const date::time_zone*>(pointer); }

}  // namespace

LocalClock::LocalClock(const TimeZone& zone) : zone_(zone == TimeZone{} ? nullptr : date::locate_zone(zone.name())) {}

local_seconds LocalClock::local(Instant instant) const {
  const auto second = floor<seconds>(instant);
  const auto offset = zone_ == nullptr ? seconds{0} : zone_of(zone_).get_info(second).offset;
  return local_seconds{second.time_since_epoch() + offset};
}

Instant LocalClock::first_instant(local_seconds local) const {
  if (zone_ == nullptr) return Instant{local.time_since_epoch()};
  const auto info = zone_of(zone_).get_info(date::local_seconds{local.time_since_epoch()});
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return Instant{local.time_since_epoch() - info.first.offset};
}

}  // namespace guerdon::cron
