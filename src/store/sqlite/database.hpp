// The embedded engine: one file, one writer, any number of readers in this process. No other process may write to it.
#pragma once

#include <memory>

#include "store/open.hpp"

namespace guerdon::store {

/// `options.url` begins with `sqlite:`. Throws StartError.
[[nodiscard]] std::unique_ptr<ManagedDatabase> open_sqlite(DatabaseOptions options);

}  // namespace guerdon::store
