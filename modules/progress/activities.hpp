// Activities as trusted callers post them: checked, stored once, and said to those who count.
#pragma once

#include <chrono>

#include "activity_dto.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon::progress {

/// How far `occurredAt` may be ahead of now, for clocks that differ, and behind, for what was queued.
inline constexpr std::chrono::minutes furthest_ahead{5};
inline constexpr std::chrono::days furthest_back{7};

/// The same id from the same caller is stored once, whatever else is said the second time. Publishes ActivityPosted.
/// Errors: validation-failed (user unknown or suspended; time out of bounds; a number beyond int64), user-deleted
/// (going or gone).
Result<ActivityAccepted> post_activity(Tx& tx, const Caller& caller, const ActivityInput& input);

/// All or none. Errors: validation-failed with the faults of every item; user-deleted where these are the only ones.
Result<BatchAccepted> post_activities(Tx& tx, const Caller& caller, const ActivityBatch& batch);

}  // namespace guerdon::progress
