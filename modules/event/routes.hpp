// Declares the module's routes.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::event {

class Service;
class Deletions;
void declare_routes(Router& routes, Service& service, Deletions& deletions);

}  // namespace guerdon::event
