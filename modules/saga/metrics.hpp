// What sagas tell operators.
#pragma once

#include <cstdint>

#include "guerdon/platform.hpp"

namespace guerdon::saga {

inline constexpr std::int64_t most_counted = 10'000;  ///< sagas, the newest

void declare_metrics(Metrics& metrics);

}  // namespace guerdon::saga
