// An account that was softly deleted long ago is removed for good, with everything the module knows of its owner. What
// stays is its id, where somebody else's row names it, and a tombstone.
#pragma once

#include "../name_keys.hpp"
#include "guerdon/purge.hpp"
#include "tombstones.hpp"

namespace guerdon::auth {

/// Accounts with status DELETED. The tombstones and the keys outlive it.
[[nodiscard]] PurgeSource account_source(const Tombstones& tombstones, const NameKeys& keys);

[[nodiscard]] PurgeOwner account_owner();

}  // namespace guerdon::auth
