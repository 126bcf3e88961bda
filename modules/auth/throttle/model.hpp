// After how many failed attempts who is locked out, and for how long. Pure rules.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "guerdon/time.hpp"

namespace guerdon::auth {

inline constexpr std::int64_t free_failures = 5;    ///< in a row; the last of them begins the first lock
inline constexpr std::int64_t most_failures = 100;  ///< in a row; then only a new password helps
inline constexpr std::chrono::minutes shortest_lock{1}, longest_lock{15};
inline constexpr std::int64_t address_failures = 10;
inline constexpr std::chrono::minutes address_window{10}, address_lock{10};

inline constexpr std::chrono::hours failures_kept{24};           ///< after the last one
inline constexpr std::chrono::hours stopped_name_kept{24 * 90};  ///< a name that is nobody's, after its last failure

/// An end that never comes.
inline constexpr Instant for_good{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

/// Until when `failures` in a row lock an account, or a name; `now` where they do not.
[[nodiscard]] constexpr Instant locked_until(std::int64_t failures, Instant now) {
  if (failures < free_failures) return now;
  if (failures >= most_failures) return for_good;
  const auto doublings = std::min<std::int64_t>(failures - free_failures, 4);
  return now + std::min<std::chrono::minutes>(shortest_lock * (std::int64_t{1} << doublings), longest_lock);
}

}  // namespace guerdon::auth
