// Declares the routes of whoever decides requests.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::reward {

void declare_decision_routes(Router& routes);

}  // namespace guerdon::reward
