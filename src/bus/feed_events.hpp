// A topic's feed as server-sent events: `id` is the cursor after the message, `data` the item of the JSON page.
#pragma once

#include "bus/feed.hpp"
#include "http/route_table.hpp"

namespace guerdon::bus {

/// For RouteTable::follow(feed_path, …). The feed outlives the routes.
[[nodiscard]] http::OpenEvents feed_events(const Feed& feed);

}  // namespace guerdon::bus
