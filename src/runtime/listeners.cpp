// See listeners.hpp.
#include "runtime/listeners.hpp"

#include "base/version.hpp"
#include "guerdon/app.hpp"
#include "http/openapi.hpp"
#include "runtime/exit_codes.hpp"
#include "runtime/server_metrics.hpp"
#include "runtime/settings.hpp"

namespace guerdon {
namespace {

constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

http::Response health() { return {.status = 200, .body = R"({"status":"alive"})"}; }

http::Response readiness_answer(Readiness& readiness) {
  auto report = readiness.report();
  http::Response response{.status = report.is_ready ? 200 : 503, .body = std::move(report.body)};
  if (!report.is_ready) response.headers.emplace_back("Retry-After", "1");
  return response;
}

void add_health(http::RouteTable& routes, Readiness& readiness) {
  routes.add(http::Page{"/healthz", http::json_type, health, "Is the server alive?"});
  routes.add(http::Page{"/readyz", http::json_type, [&readiness] { return readiness_answer(readiness); },
                        "Is the server ready, and what does it depend on?"});
}

void add_metrics_page(http::RouteTable& routes, telemetry::Scraper& scraper) {
  const auto page = [&scraper](std::function<void(http::Response)> answer) {
    scraper.scrape([answer = std::move(answer)](std::string text) {
      answer(text.empty() ? http::problem_response(Error{}, {}) : http::Response{.body = std::move(text)});
    });
  };
  routes.add(
      http::Page{.path = "/metrics", .content_type = metrics_type, .make = {}, .summary = {}, .make_later = page});
}

// The document describes the API's port, also where the operators' one shows it.
http::RouteTable& completed(const Listeners::Parts& parts, http::RouteTable& admin_pages) {
  add_health(parts.routes, parts.readiness);
  add_health(admin_pages, parts.readiness);
  add_metrics_page(admin_pages, parts.scraper);
  const auto document = http::openapi_document(parts.routes, version);
  http::add_documentation(parts.routes, document);
  http::add_documentation(admin_pages, document);
  parts.routes.seal();
  admin_pages.seal();
  return parts.routes;
}

std::unique_ptr<http::RateLimiter> limiter(const Listeners::Parts& parts) {
  const auto& limits = parts.foundation.config().limits;
  if (!limits.enabled) return nullptr;
  return std::make_unique<http::RateLimiter>(limits, parts.foundation.random(), std::chrono::steady_clock::now,
                                             http::RateLimiter::most_buckets, parts.counts);
}

http::ServerOptions with_routes(http::ServerOptions options, const http::RouteTable& routes) {
  options.routes = routes.numbers();
  return options;
}

http::Services services(const Listeners::Parts& parts, http::RouteTable& admin_pages, http::RateLimiter* limiter) {
  const auto& config = parts.foundation.config();
  return {.routes = completed(parts, admin_pages),
          .database = parts.foundation.database(),
          .authenticator = parts.authenticator,
          .clock = parts.foundation.clock(),
          .tasks = parts.tasks,
          .hashing = parts.hashing,
          .idempotency_window = config.idempotency.window.value,
          .trusted_proxies = config.http.trusted_proxies,
          .limiter = limiter,
          .streams = {.most = static_cast<std::size_t>(config.feed.streams.value()),
                      .heartbeat = config.feed.heartbeat.value}};
}

}  // namespace

Listeners::Listeners(const Parts& parts)
    : routes_(parts.routes),
      limiter_(limiter(parts)),
      dispatch_(services(parts, admin_pages_, limiter_.get())),
      api_(with_routes(api_options(parts.foundation.config(), parts.foundation.random()), routes_),
           dispatch_.handlers()) {
  if (parts.foundation.config().admin.listen.is_off()) return;
  admin_ = std::make_unique<http::Server>(
      with_routes(admin_options(parts.foundation.config(), parts.foundation.random()), admin_pages_),
      http::page_handlers(admin_pages_));
}

void Listeners::add_metrics(Metrics& metrics) const {
  metrics.add([this](MetricSheet& sheet) {
    const auto counts = api_.counts();
    tell_requests(sheet, routes_, counts);
    tell_connections(sheet, "api", api_, counts);
    if (admin_) tell_connections(sheet, "admin", *admin_, admin_->counts());
    if (limiter_) tell_limits(sheet, *limiter_);
  });
}

void Listeners::start() {
  try {
    if (admin_) admin_->start();
    api_.start();
  } catch (const http::ListenError& error) {
    stop();  // a server that could not listen has nothing to drain
    throw StartError(exit_unavailable, error.what());
  }
}

bool Listeners::drain(std::chrono::milliseconds limit) {
  const bool is_done = api_.drain(limit);
  // Health can be asked until the end; nobody waits for those who ask.
  if (admin_) static_cast<void>(admin_->drain(std::chrono::milliseconds{0}));
  return is_done;
}

void Listeners::stop() {
  api_.stop();
  if (admin_) admin_->stop();
}

}  // namespace guerdon
