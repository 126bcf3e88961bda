// What the system says about this process, under the names that every Prometheus client uses for it.
#pragma once

#include "guerdon/metrics.hpp"

namespace guerdon::telemetry {

/// Reads /proc; what is not to be had there is left out.
void collect_process(MetricSheet& sheet);

}  // namespace guerdon::telemetry
