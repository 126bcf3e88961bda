// Declares the routes that delete accounts and restore them.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::auth {

class Deletions;
void declare_deletion_routes(Router& routes, const Deletions& deletions);

}  // namespace guerdon::auth
