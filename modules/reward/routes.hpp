// Declares the module's routes.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::reward {

class Catalogue;
class Requests;
class Wallets;

void declare_routes(Router& routes, Catalogue& catalogue, Requests& requests, Wallets& wallets);

}  // namespace guerdon::reward
