// Dead letters over HTTP: ADMIN and AUDITOR look, ADMIN replays and discards.
#pragma once

#include "bus/dead_letters.hpp"
#include "guerdon/cursor.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::bus {

/// References outlive the routes.
void add_dead_letter_routes(Router& routes, const DeadLetters& letters, const CursorCodec& cursors);

}  // namespace guerdon::bus
