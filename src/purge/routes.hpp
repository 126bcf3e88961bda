// Declares the routes of the hard delete.
#pragma once

#include <functional>

#include "guerdon/caller.hpp"
#include "guerdon/cursor.hpp"
#include "guerdon/routes.hpp"
#include "purge/hard_delete.hpp"

namespace guerdon {

/// Has the job `hard-delete` run soon, also where it is at work already.
using AskForJob = std::function<void(Tx&, const Caller&)>;

/// The hard delete and the cursors outlive the routes.
void add_hard_delete_routes(Router& routes, HardDelete& hard_delete, const CursorCodec& cursors, AskForJob ask);

}  // namespace guerdon
