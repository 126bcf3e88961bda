// What the clocks on the walls of a zone show, and when they show it.
#pragma once

#include <chrono>

#include "guerdon/time.hpp"

namespace guerdon::cron {

class LocalClock {
 public:
  explicit LocalClock(const TimeZone& zone);

  [[nodiscard]] std::chrono::local_seconds local(Instant instant) const;
  /// The first instant at which the clocks have reached `local`: of one that they skip, the end of the gap.
  [[nodiscard]] Instant first_instant(std::chrono::local_seconds local) const;

 private:
  const void* zone_;  // of the date library's database, which lives for ever; null is UTC
};

}  // namespace guerdon::cron
