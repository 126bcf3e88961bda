// What a histogram holds at one moment.
#pragma once

#include <cstdint>
#include <vector>

namespace guerdon {

/// How much fell into each bucket; a bucket holds what is at most its bound.
struct HistogramReading {
  std::vector<double> bounds;         ///< ascending; the last bucket has none
  std::vector<std::uint64_t> counts;  ///< of each bucket alone, so one more than bounds
  double sum = 0;
};

}  // namespace guerdon
