// Declares the module's routes.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::auth {

class Accounts;
class Login;
void declare_routes(Router& routes, const Accounts& accounts, const Login& login);

}  // namespace guerdon::auth
