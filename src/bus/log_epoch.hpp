// Which log this is: a name that changes when the log does not go on from where readers outside have seen it, as after
// a backup was restored. Cursors carry it, so that nobody reads on from a place that means something else now.
#pragma once

#include <string>

#include "guerdon/store.hpp"

namespace guerdon::bus {

/// Gives the log a name where it has none. Throws StoreError.
void ensure_epoch(Database& database);
/// Whoever restores a backup calls this: every cursor of before is refused from then on.
void renew_epoch(Tx& tx);
/// Empty where the log has no name yet: no server has been started on it.
[[nodiscard]] std::string epoch_of(Snapshot& snapshot);

}  // namespace guerdon::bus
