// What reward counts for operators.
#pragma once

#include "guerdon/platform.hpp"

namespace guerdon::reward {

void declare_metrics(Metrics& metrics);

}  // namespace guerdon::reward
