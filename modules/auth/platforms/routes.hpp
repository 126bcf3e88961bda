// Declares the routes of platform accounts.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::auth {

class Platforms;
void declare_platform_routes(Router& routes, const Platforms& platforms);

}  // namespace guerdon::auth
