// The rows of auth_throttle. SQL only; no decisions.
#pragma once

#include <optional>

#include "guerdon/crypto.hpp"
#include "guerdon/store.hpp"

namespace guerdon::auth {

/// Until when a key is locked; nothing where it is not.
std::optional<Instant> find_lock(Snapshot& snapshot, const Digest& key);

/// Counts a failure, under the row's lock; how many there are now. Counting began after `after`, or begins here.
/// Nothing, and no change, for a key that is locked.
std::optional<std::int64_t> count_failure(Tx& tx, const Digest& key, Instant after, Instant forget_at);

void lock_out(Tx& tx, const Digest& key, Instant until, Instant forget_at);

/// Forgets the failures of a key that is not locked.
void forget_failures(Tx& tx, const Digest& key);
/// Forgets them, and the lock.
void remove_lock(Tx& tx, const Digest& key);

/// Removes some of the rows that mean nothing any more; how many.
std::int64_t prune_failures(Tx& tx, std::int64_t limit);

/// Where there are more than `most` rows: removes some of those too many, that failed longest ago and are not locked;
/// how many.
std::int64_t trim_failures(Tx& tx, std::int64_t most, std::int64_t limit);

}  // namespace guerdon::auth
