// Declares the routes of service keys.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::auth {

class Keys;
void declare_key_routes(Router& routes, const Keys& keys);

}  // namespace guerdon::auth
