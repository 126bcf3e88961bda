// See uptime_clock.hpp.
#include "runtime/uptime_clock.hpp"

#include <ctime>

namespace guerdon {

Instant UptimeClock::now() const {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return Instant{std::chrono::floor<std::chrono::milliseconds>(std::chrono::seconds{time.tv_sec} +
                                                               std::chrono::nanoseconds{time.tv_nsec})};
}

}  // namespace guerdon
