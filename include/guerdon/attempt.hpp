// Background work that goes past what is damaged: one row that can't be handled must not hold up those behind it.
#pragma once

#include <string>

#include "guerdon/function_ref.hpp"
#include "guerdon/store.hpp"

namespace guerdon {

/// Runs `fn` in a savepoint of its own. False when it threw for a reason of its own, a bug or damaged rows: what it did
/// is undone and the log says so, with `what` it was about, an id and no personal data. What the store is to blame for
/// is thrown on.
[[nodiscard]] bool attempt(Tx& tx, const std::string& what, FunctionRef<void()> fn);

}  // namespace guerdon
