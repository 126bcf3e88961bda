// JSON Schemas of the messages that go out, made of the declarations that the messages are.
#pragma once

#include <vector>

#include "guerdon/bus.hpp"
#include "http/route_table.hpp"

namespace guerdon::http {

/// Adds `/schemas`, the list, and `/schemas/<type>`, each the schema of an envelope. Internal messages are left out.
void add_schemas(RouteTable& to, const std::vector<MessageType>& catalogue);

}  // namespace guerdon::http
