// Declares the routes of the hard delete.
#pragma once

#include "guerdon/cursor.hpp"
#include "guerdon/routes.hpp"
#include "purge/hard_delete.hpp"

namespace guerdon {

/// Both outlive the routes.
void add_hard_delete_routes(Router& routes, HardDelete& hard_delete, const CursorCodec& cursors);

}  // namespace guerdon
