#include "store/postgres/reader.hpp"

#include <algorithm>
#include <utility>

namespace guerdon::store::postgres {
namespace {

using std::chrono::milliseconds;

// A step is what the embedded engine calls one; here it is time. The floor keeps a busy server from failing everything.
constexpr std::int64_t steps_per_millisecond = 20'000;
constexpr milliseconds least{100};

milliseconds limit_of(std::int64_t steps, milliseconds longest) {
  if (steps <= 0) return longest;
  return std::min(longest, std::max(least, milliseconds{steps / steps_per_millisecond}));
}

constexpr milliseconds most_patient = std::chrono::hours{24};

Target with_patience(Target target, bool patient) {
  if (patient) target.statement_timeout = most_patient;
  return target;
}

}  // namespace

PostgresReader::PostgresReader(Target target, const DatabaseOptions& options, bool patient)
    : session_(with_patience(std::move(target), patient)), options_(options), patient_(patient) {}

void PostgresReader::run(FunctionRef<void(Snapshot&)> fn, std::int64_t steps) {
  session_.begin_read(patient_ ? milliseconds{0} : limit_of(steps, options_.longest_read));
  try {
    // Nor is a long look at what was read a reason to end the session.
    if (patient_) session_.execute("SET LOCAL idle_in_transaction_session_timeout = 0", {}, [](const Row&) {});
    Snapshot snapshot{session_, Moment{.now = options_.clock->now(), .ids = options_.ids}};
    fn(snapshot);
  } catch (...) {
    session_.rollback();
    throw;
  }
  session_.rollback();
}

}  // namespace guerdon::store::postgres
