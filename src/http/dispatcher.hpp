// From a whole request to its route and back: who calls, what is decoded, where it runs. One Dispatch a listener holds
// what its threads share; each I/O thread has a Dispatcher of its own.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "guerdon/caller.hpp"
#include "guerdon/config_types.hpp"
#include "guerdon/store.hpp"
#include "guerdon/time.hpp"
#include "http/event_streams.hpp"
#include "http/handler.hpp"
#include "http/idempotency.hpp"
#include "http/rate_limiter.hpp"
#include "http/reader_pool.hpp"
#include "http/route_table.hpp"
#include "runtime/task_pool.hpp"

namespace guerdon::http {

/// What requests are answered with. References outlive the Dispatch.
struct Services {
  const RouteTable& routes;  ///< sealed
  Database& database;
  Authenticator& authenticator;
  const Clock& clock;
  TaskPool& tasks;    ///< for queries that are too long for an I/O thread
  TaskPool& hashing;  ///< for `prepare`, which burns CPU
  std::chrono::milliseconds idempotency_window = std::chrono::seconds{60};
  std::vector<Network> trusted_proxies = {};
  RateLimiter* limiter = nullptr;           ///< null: nobody is limited
  std::int64_t inline_steps = 50'000;       ///< of a query on an I/O thread: about a millisecond
  std::int64_t longest_steps = 40'000'000;  ///< of one on the task pool
  StreamRules streams = {};
};

/// Outlives the server that uses it, and goes before the database: it keeps readers.
class Dispatch {
 public:
  explicit Dispatch(Services given)
      : services(std::move(given)),
        readers(services.database),
        streams(services.tasks, readers, services.clock, services.streams) {}
  Dispatch(const Dispatch&) = delete;
  Dispatch& operator=(const Dispatch&) = delete;

  /// Makes a thread's handler; valid as long as this.
  [[nodiscard]] HandlerFactory handlers();

  const Services services;
  ReaderPool readers;
  InPreparation in_preparation;
  EventStreams streams;
};

/// For a listener that has only pages. The table outlives it.
[[nodiscard]] HandlerFactory page_handlers(const RouteTable& routes);

}  // namespace guerdon::http
