// The server's look at its own data: asks what must always hold, as `guerdon verify` does, but within bounds. What does
// not hold is an error in the log and fails the run; nothing is repaired.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "guerdon/invariants.hpp"
#include "guerdon/jobs.hpp"
#include "guerdon/store.hpp"

namespace guerdon::cron {

struct SelfCheckBounds {
  /// Of one question; what takes more is skipped. Some four seconds on SQLite, ten on PostgreSQL.
  std::int64_t steps = 200'000'000;
  /// Of a whole run: what is left over is asked first the next time.
  std::chrono::milliseconds time = std::chrono::seconds{60};
};

/// One run at a time.
class SelfCheck {
 public:
  SelfCheck(Database& database, std::vector<Invariant> invariants, SelfCheckBounds bounds = {})
      : database_(database), invariants_(std::move(invariants)), bounds_(bounds) {}

  /// Counts what was checked, what is broken and what was skipped. Errors: internal-error, with the first of what is
  /// broken. Throws StoreError.
  Result<void> run(JobRun& run, const std::stop_token& stop);

 private:
  /// Nothing when the question took too long.
  [[nodiscard]] std::optional<std::vector<std::string>> ask(Reader& reader, const Invariant& invariant) const;

  Database& database_;
  const std::vector<Invariant> invariants_;
  const SelfCheckBounds bounds_;
  std::size_t next_ = 0;
};

}  // namespace guerdon::cron
