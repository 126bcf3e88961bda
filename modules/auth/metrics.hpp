// What auth counts for operators.
#pragma once

#include "guerdon/platform.hpp"

namespace guerdon::auth {

void declare_metrics(Metrics& metrics);

}  // namespace guerdon::auth
