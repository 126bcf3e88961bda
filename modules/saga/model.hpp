// The rules of retrying: what counts as a step's own failure, and how long to wait after it.
#pragma once

#include <chrono>

#include "guerdon/random.hpp"
#include "guerdon/store.hpp"
#include "guerdon/time.hpp"

namespace guerdon::saga {

/// A step during which the process ended this often is given up. Not once: it may have been somebody else's crash.
inline constexpr int max_lost_attempts = 3;

/// For how long other servers on the same database leave an attempt alone that one has begun and not told the end of.
/// Servers' clocks differ by much less.
inline constexpr std::chrono::milliseconds attempt_lease{std::chrono::seconds{30}};

/// A failure of the whole store (full, gone, too busy) is nobody's attempt.
[[nodiscard]] bool is_store_wide(StoreError::Kind kind) noexcept;

inline constexpr std::chrono::milliseconds longest_wait{std::chrono::minutes{5}};

/// A random wait whose bound doubles with each failure: 200 ms, 400 ms, … longest_wait.
[[nodiscard]] std::chrono::milliseconds wait_after(int failures, Random& random);

}  // namespace guerdon::saga
