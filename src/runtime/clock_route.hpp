// POST /api/admin/clock, in a sandbox only: moves the server's time forward and answers once everything that fell due
// has been worked off.
#pragma once

#include <functional>

#include "guerdon/routes.hpp"
#include "guerdon/store.hpp"
#include "runtime/sandbox_clock.hpp"

namespace guerdon {

/// `settle` waits for the background work; false when it takes too long. All references outlive the routes.
void add_clock_route(Router& routes, Database& database, SandboxClock& clock, std::function<bool()> settle);

}  // namespace guerdon
