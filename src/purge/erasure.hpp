// What was removed for good is to vanish from the store's files as well. That takes longer than the process may live,
// so the wish stands in a row until it has come true.
#pragma once

#include <string>

#include "store/open.hpp"

namespace guerdon {

/// From the commit on. `wish` is a name that no other wish has: one that is newer takes the place of what is under way.
void want_erasure(Tx& tx, store::ManagedDatabase& database, const std::string& wish);

/// At a start: goes on with what the last run of the server left. Throws StoreError.
void resume_erasure(store::ManagedDatabase& database);

}  // namespace guerdon
