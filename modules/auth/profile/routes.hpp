// Declares the routes that change one's own account.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::auth {

class OwnAccount;
void declare_profile_routes(Router& routes, const OwnAccount& account);

}  // namespace guerdon::auth
