// Makes the page of metrics from memory, on a thread of its own, for all who ask at the same time. What comes from rows
// is read on the task pool, once in five seconds at most. A page waits for it only so long, and then tells the values
// that were read before: a store that hangs holds up no scrape.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
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

  struct Parts {
    const MetricsRegistry& registry;
    Database& database;
    const Clock& clock;
    TaskPool& tasks;
    std::chrono::milliseconds patience;  ///< with a reading of the rows, from its beginning
  };

  explicit Scraper(const Parts& parts);

  /// Never waits. The answer is called on the scraper's thread.
  void scrape(Answer answer);
  /// Makes no more pages; who still waits gets no answer. Does not wait for the store. Idempotent.
  void stop();

 private:
  using Steady = std::chrono::steady_clock;

  void work(const std::stop_token& stop);
  void begin_reading();
  [[nodiscard]] bool are_fresh() const;
  void read_rows();
  [[nodiscard]] std::string make();
  void tell_rows(Sheet& sheet);

  const Parts parts_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Answer> waiting_;
  bool is_reading_ = false;
  Steady::time_point reading_since_{};
  Sheet rows_;                      // as they were read last
  std::optional<Instant> read_at_;  // none: never so far
  bool is_readable_ = false;        // the last reading that has ended was good

  std::jthread thread_;  // last: it uses all the others
};

}  // namespace guerdon::telemetry
