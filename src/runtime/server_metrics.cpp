// See server_metrics.hpp.
#include "runtime/server_metrics.hpp"

#include <string>

#include "base/version.hpp"
#include "telemetry/process_metrics.hpp"

namespace guerdon {
namespace {

std::string name_of(Engine engine) { return engine == Engine::sqlite ? "sqlite" : "postgres"; }

template <class Number>
double as_value(Number number) {
  return static_cast<double>(number);
}

struct RouteName {
  std::string method = "other", path = "unmatched";
};

void tell_route(MetricSheet& sheet, const RouteName& name, const http::RequestCounts::Reading::Route& route) {
  bool was_called = false;
  for (std::size_t i = 0; i < route.by_status.size(); ++i) {
    if (route.by_status[i] == 0) continue;
    was_called = true;
    sheet.counter("http_requests_total", "Requests that were answered, by route and class of status.",
                  as_value(route.by_status[i]),
                  {{"method", name.method}, {"route", name.path}, {"status", std::to_string(i + 1) + "xx"}});
  }
  if (!was_called) return;
  HistogramReading durations;
  for (const auto bound : http::duration_bounds) durations.bounds.push_back(as_value(bound) / 1e9);
  durations.counts.assign(route.by_duration.begin(), route.by_duration.end());
  durations.sum = as_value(route.nanoseconds) / 1e9;
  sheet.histogram("http_request_duration_seconds", "From the whole request to its answer, by route.", durations,
                  {{"method", name.method}, {"route", name.path}});
}

}  // namespace

void add_store_metrics(Metrics& metrics, const store::ManagedDatabase& database) {
  metrics.add([&database](MetricSheet& sheet) {
    const auto stats = database.stats();
    sheet.counter("store_commits_total", "Commits that are durable.", as_value(stats.commits));
    sheet.counter("store_commands_total", "Commands that were run, kept or not.", as_value(stats.commands));
    sheet.counter("store_slow_commands_total", "Commands that took longer than 50 ms.", as_value(stats.slow_commands));
    sheet.gauge("store_queue_length", "Commands that wait or run.", as_value(stats.waiting));
    if (database.engine() == Engine::sqlite)
      sheet.gauge("store_wal_pages", "Pages of the write-ahead log of SQLite.", as_value(stats.wal_pages));
    const auto& commits = database.commit_figures();
    sheet.histogram("store_commit_duration_seconds", "What a commit took.", commits.nanoseconds.read(1e9));
    sheet.histogram("store_commit_commands", "Commands that one commit kept or refused together.",
                    commits.commands.read());
  });
}

void add_pool_metrics(Metrics& metrics, const TaskPool& hashing, const TaskPool& tasks) {
  metrics.add([&hashing, &tasks](MetricSheet& sheet) {
    const auto tell = [&](const char* name, const TaskPool& pool) {
      const MetricLabels labels{{"pool", name}};
      sheet.gauge("pool_queue_length", "Tasks that wait for a thread.", as_value(pool.waiting()), labels);
      sheet.gauge("pool_threads", "Threads of the pool.", as_value(pool.threads()), labels);
      sheet.counter("pool_refused_total", "Tasks that the full queue did not take.", as_value(pool.refused()), labels);
    };
    tell("hash", hashing);
    tell("tasks", tasks);
  });
}

void add_process_metrics(Metrics& metrics, Engine engine) {
  metrics.add([engine](MetricSheet& sheet) {
    sheet.gauge("guerdon_build_info", "1; the labels say what is running.", 1,
                {{"version", std::string{version}}, {"engine", name_of(engine)}});
    telemetry::collect_process(sheet);
  });
}

void tell_requests(MetricSheet& sheet, const http::RouteTable& routes, const http::RequestCounts::Reading& reading) {
  if (!reading.routes.empty()) tell_route(sheet, {}, reading.routes.front());
  routes.visit_numbers([&](std::size_t number, std::string_view method, std::string_view path) {
    if (number < reading.routes.size())
      tell_route(sheet, {.method = std::string{method}, .path = std::string{path}}, reading.routes[number]);
  });
  for (const auto& [code, count] : reading.problems)
    sheet.counter("http_problems_total", "Requests that were refused or failed, by the problem's code.",
                  as_value(count), {{"code", code}});
}

void tell_connections(MetricSheet& sheet, const std::string& listener, const http::Server& server,
                      const http::RequestCounts::Reading& reading) {
  for (std::size_t i = 0; i < http::phase_names.size(); ++i)
    sheet.gauge("http_connections", "Connections, by what they wait for.", as_value(reading.connections[i]),
                {{"listener", listener}, {"state", std::string{http::phase_names[i]}}});
  const auto refused = server.refused_connections();
  const auto tell = [&](const char* reason, http::ConnectionLimits::Refusal which) {
    sheet.counter("http_connections_refused_total", "Connections that were turned away.",
                  as_value(refused[static_cast<std::size_t>(which)]), {{"listener", listener}, {"reason", reason}});
  };
  tell("total", http::ConnectionLimits::Refusal::too_many);
  tell("address", http::ConnectionLimits::Refusal::too_many_from_address);
}

void tell_limits(MetricSheet& sheet, const http::RateLimiter& limiter) {
  for (const auto& [policy, refused] : limiter.refusals())
    sheet.counter("http_rate_limited_total", "Requests that came too often, by the limit.", as_value(refused),
                  {{"policy", std::string{policy}}});
  sheet.gauge("http_rate_limit_buckets", "Callers whose calls are being counted.", as_value(limiter.buckets()));
}

}  // namespace guerdon
