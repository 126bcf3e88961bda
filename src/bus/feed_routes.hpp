// The log over HTTP, for ADMIN and AUDITOR: the outbox as it is, a topic as a feed with committed offsets, and who has
// committed.
#pragma once

#include "bus/feed.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::bus {

inline constexpr std::string_view feed_path = "/api/admin/feed/{topic}";

/// The feed outlives the routes.
void add_feed_routes(Router& routes, const Feed& feed);

}  // namespace guerdon::bus
