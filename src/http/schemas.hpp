// JSON Schemas of the messages that go out, made of the declarations that the messages are.
#pragma once

#include <vector>

#include "guerdon/bus.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::http {

/// Adds `/schemas`, the list, and `/schemas/{type}`, each the schema of an envelope. Internal messages are left out.
void add_schemas(Router& routes, const std::vector<MessageType>& catalogue);

}  // namespace guerdon::http
