// What the platform tells operators about itself: the listeners, the store, the pools, the process, the build.
#pragma once

#include "guerdon/metrics.hpp"
#include "http/rate_limiter.hpp"
#include "http/route_table.hpp"
#include "http/server.hpp"
#include "runtime/task_pool.hpp"
#include "store/open.hpp"

namespace guerdon {

/// References outlive the registry.
void add_store_metrics(Metrics& metrics, const store::ManagedDatabase& database);
void add_pool_metrics(Metrics& metrics, const TaskPool& hashing, const TaskPool& tasks);
/// The build and the process.
void add_process_metrics(Metrics& metrics, Engine engine);

/// What has been answered, by route and status.
void tell_requests(MetricSheet& sheet, const http::RouteTable& routes, const http::RequestCounts::Reading& reading);
void tell_connections(MetricSheet& sheet, const std::string& listener, const http::Server& server,
                      const http::RequestCounts::Reading& reading);
void tell_limits(MetricSheet& sheet, const http::RateLimiter& limiter);

}  // namespace guerdon
