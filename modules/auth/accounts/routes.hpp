// Declares the routes of the administration of accounts.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::auth {

class Administration;
class Directory;
class PasswordResets;
void declare_account_routes(Router& routes, const Directory& directory, const Administration& administration,
                            const PasswordResets& resets);

}  // namespace guerdon::auth
