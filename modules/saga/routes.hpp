// Declares the routes of whoever watches over sagas.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::saga {

class Console;
void declare_routes(Router& routes, const Console& console);

}  // namespace guerdon::saga
