// Declares the routes of sessions.
#pragma once

namespace guerdon {
class Router;
}

namespace guerdon::auth {

class Sessions;
void declare_session_routes(Router& routes, const Sessions& sessions);

}  // namespace guerdon::auth
