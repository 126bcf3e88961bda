// The two ports of a server: the API's, and the operators' one, which has pages only. Health is told on both, metrics
// on the operators' alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "guerdon/caller.hpp"
#include "http/dispatcher.hpp"
#include "http/rate_limiter.hpp"
#include "http/route_table.hpp"
#include "http/server.hpp"
#include "runtime/foundation.hpp"
#include "runtime/readiness.hpp"
#include "runtime/task_pool.hpp"
#include "telemetry/scraper.hpp"

namespace guerdon {

class Listeners {
 public:
  struct Parts {
    Foundation& foundation;
    http::RouteTable& routes;  ///< complete but for the pages; sealed here
    Authenticator& authenticator;
    TaskPool& tasks;
    TaskPool& hashing;
    Readiness& readiness;
    telemetry::Scraper& scraper;
    http::SharedCounts* counts = nullptr;  ///< null: this server counts alone
  };

  explicit Listeners(const Parts& parts);

  /// What has been answered, by the numbers of the routes.
  void add_metrics(Metrics& metrics) const;

  /// Throws StartError (69) when a port can't be had.
  void start();
  /// Accepts nobody any more and answers what runs. False when the limit passed before that was done.
  [[nodiscard]] bool drain(std::chrono::milliseconds limit);
  void stop();

  [[nodiscard]] http::EventStreams& streams() { return dispatch_.streams; }
  [[nodiscard]] std::uint16_t port() const { return api_.port(); }
  [[nodiscard]] std::uint16_t admin_port() const { return admin_ ? admin_->port() : std::uint16_t{0}; }

 private:
  const http::RouteTable& routes_;
  http::RouteTable admin_pages_;
  std::unique_ptr<http::RateLimiter> limiter_;  // null where limits are off
  http::Dispatch dispatch_;
  http::Server api_;
  std::unique_ptr<http::Server> admin_;  ///< null where there is no such listener
};

}  // namespace guerdon
