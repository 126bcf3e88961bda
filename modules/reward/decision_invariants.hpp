// What must always hold of when requests were made and how they were decided (I13, I14).
#pragma once

#include <vector>

#include "guerdon/invariants.hpp"

namespace guerdon::reward {

[[nodiscard]] std::vector<Invariant> decision_invariants();

}  // namespace guerdon::reward
