// What must hold of the outbox, the offsets and what is parked. It reads and never repairs.
#pragma once

#include <vector>

#include "guerdon/invariants.hpp"

namespace guerdon::bus {

[[nodiscard]] std::vector<Invariant> invariants();

}  // namespace guerdon::bus
