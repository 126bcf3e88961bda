// The platform's part in removals for good: messages, where people called from, answers that are kept for repeats.
#pragma once

#include <functional>

#include "guerdon/purge.hpp"

namespace guerdon {

[[nodiscard]] PurgeOwner platform_purge_owner();

/// Removes, from `after` on, at most `limit` kept answers that tell of a user who does not exist. Moves `after` to
/// where the next batch begins; false when there is none. How many were removed is added to the batch.
[[nodiscard]] bool remove_answers(Tx& tx, const std::function<bool(Snapshot&, const Uuid&)>& exists, Bytes& after,
                                  std::int64_t limit, PurgeBatch& batch);

}  // namespace guerdon
