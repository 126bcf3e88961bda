// How long to wait before trying again: a bound that doubles, and a random point below it, so that what failed
// together does not come back together.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>

#include "guerdon/random.hpp"

namespace guerdon::bus {

/// `first`, doubled with each attempt after the first, `last` at most.
[[nodiscard]] constexpr std::chrono::milliseconds backoff_bound(int attempt, std::chrono::milliseconds first,
                                                                std::chrono::milliseconds last) noexcept {
  auto bound = first;
  for (int i = 1; i < attempt && bound < last; ++i) bound *= 2;
  return std::min(bound, last);
}

/// Full jitter: anything from 1 ms to the bound.
[[nodiscard]] inline std::chrono::milliseconds jittered(Random& random, std::chrono::milliseconds bound) {
  const auto bytes = random_bytes<sizeof(std::uint64_t)>(random);
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  const auto range = static_cast<std::uint64_t>(std::max<std::int64_t>(bound.count(), 1));
  return std::chrono::milliseconds{1 + static_cast<std::int64_t>(number % range)};
}

}  // namespace guerdon::bus
