// The HTTP routes that are about tokens as such.
#pragma once

#include "../access_tokens.hpp"

namespace guerdon {
class Router;
}

namespace guerdon::auth {

void declare_token_routes(Router& routes, const Ed25519Keys& keys);

}  // namespace guerdon::auth
