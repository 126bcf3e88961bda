// What jobs tell operators. How runs ended is counted in memory, by whoever ended them; the rest is in the rows.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "cron/job_rows.hpp"
#include "guerdon/metrics.hpp"

namespace guerdon::cron {

class JobRunner;

/// Runs that have ended in this process. Life cycle: declare while wiring → note() and collect() from any thread.
class RunCounts {
 public:
  void declare(const std::string& job) { counts_[job]; }
  /// Of a job that was declared; any other is not counted.
  void note(std::string_view job, JobOutcome outcome) noexcept;
  void collect(MetricSheet& sheet) const;

 private:
  static constexpr std::size_t outcomes = 3;

  std::map<std::string, std::array<std::atomic<std::uint64_t>, outcomes>, std::less<>> counts_;
};

/// The runner outlives the registry.
void add_job_metrics(Metrics& metrics, const JobRunner& jobs);

}  // namespace guerdon::cron
