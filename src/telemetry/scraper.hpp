// Makes the page of metrics, on the task pool, one at a time; who asks meanwhile shares the next one. What comes from
// rows is read once in five seconds at most, and left out when the store can't tell. It keeps no connection.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "guerdon/store.hpp"
#include "guerdon/time.hpp"
#include "runtime/task_pool.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/sheet.hpp"

namespace guerdon::telemetry {

/// Thread-safe. Outlives what the pool still has to do.
class Scraper {
 public:
  using Answer = std::function<void(std::string text)>;
  static constexpr std::chrono::seconds rows_live{5};  ///< by the business clock

  Scraper(const MetricsRegistry& registry, Database& database, const Clock& clock, TaskPool& tasks)
      : registry_(registry), database_(database), clock_(clock), tasks_(tasks) {}

  /// Never waits. When the pool takes no more work, the page is made on the spot, with rows only if they are known.
  void scrape(Answer answer);

 private:
  void work();
  [[nodiscard]] std::string make(bool may_read);
  void refresh_rows();

  const MetricsRegistry& registry_;
  Database& database_;
  const Clock& clock_;
  TaskPool& tasks_;

  std::mutex mutex_;
  std::vector<Answer> waiting_;
  bool is_busy_ = false;

  // Whoever is busy has them.
  Sheet rows_;
  std::optional<Instant> read_at_;  // none: the store could not tell
};

}  // namespace guerdon::telemetry
