// Whether the last run of the server ended by itself: a row that says "false" from start to clean stop.
#pragma once

#include "guerdon/store.hpp"

namespace guerdon::bus {

/// Marks the run as begun. True when an earlier one never came to its end. Throws StoreError.
[[nodiscard]] bool begin_run(Database& database);
/// Marks it as ended; the last thing before the database closes. Throws StoreError.
void end_run(Database& database);

}  // namespace guerdon::bus
