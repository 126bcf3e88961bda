// Counts the time since the machine was started, asleep or awake. Nobody can set it.
#pragma once

#include "guerdon/time.hpp"

namespace guerdon {

class UptimeClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
};

}  // namespace guerdon
