// Declares the routes that delete accounts.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::auth {

void declare_deletion_routes(Router& routes);

}  // namespace guerdon::auth
