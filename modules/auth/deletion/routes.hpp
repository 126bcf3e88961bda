// Declares the routes that delete accounts.
#pragma once

#include "../sessions/session_copies.hpp"

namespace guerdon {
class Router;
}

namespace guerdon::auth {

void declare_deletion_routes(Router& routes, SessionCopies copies);

}  // namespace guerdon::auth
