// Finds out what became of a transaction whose COMMIT was never answered. It says "committed" only on proof.
#pragma once

#include <chrono>

#include "store/postgres/session.hpp"

namespace guerdon::store::postgres {

enum class Fate { committed, aborted, unknown };

/// Reconnects and asks the server, again and again until it knows or `patience` is over. `session` must have no
/// transaction; it is left connected if it could be.
[[nodiscard]] Fate find_fate(const CommitLost& lost, Session& session, std::chrono::milliseconds patience);

}  // namespace guerdon::store::postgres
