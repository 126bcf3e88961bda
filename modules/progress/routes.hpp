// Declares the module's routes.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::progress {

class Service;
void declare_routes(Router& routes, Service& service);
void declare_activity_routes(Router& routes);

}  // namespace guerdon::progress
