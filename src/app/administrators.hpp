// The ways to an administrator without being one: the environment at the first start, and the command line.
#pragma once

#include "guerdon/app.hpp"
#include "guerdon/json.hpp"
#include "runtime/control_socket.hpp"
#include "runtime/foundation.hpp"

namespace guerdon {

/// Only where there is no administrator yet. Throws StartError (78) for an account that is refused.
void add_first_admin(Foundation& foundation, const FirstAdmin& admin);

/// `guerdon admin create`, with username, email and password as arguments. The exit code.
[[nodiscard]] int create_admin(Foundation& foundation, const json::object& arguments, ControlOutput output);

}  // namespace guerdon
