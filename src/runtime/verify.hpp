// Asks what must always hold of the data, and reports what does not. It reads and never repairs, and it takes its time.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "guerdon/function_ref.hpp"
#include "guerdon/invariants.hpp"
#include "store/open.hpp"

namespace guerdon {

/// What must hold of the platform's own rows and of the database as such.
[[nodiscard]] std::vector<Invariant> platform_invariants();
/// Without those that read every page of the database, which only `guerdon verify` has the time for.
[[nodiscard]] std::vector<Invariant> quick_ones(std::vector<Invariant> invariants);

/// One line for each invariant that fails, or one that says that all hold. False when one fails, or when the output
/// wants no more.
[[nodiscard]] bool verify(store::ManagedDatabase& database, std::span<const Invariant> invariants,
                          FunctionRef<bool(std::string_view line)> output);

}  // namespace guerdon
