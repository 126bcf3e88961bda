#include "store/postgres/reader.hpp"

#include <algorithm>

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

}  // namespace

void PostgresReader::run(FunctionRef<void(Snapshot&)> fn, std::int64_t steps) {
  session_.begin_read(limit_of(steps, options_.longest_read));
  try {
    Snapshot snapshot{session_, Moment{.now = options_.clock->now(), .ids = options_.ids}};
    fn(snapshot);
  } catch (...) {
    session_.rollback();
    throw;
  }
  session_.rollback();
}

}  // namespace guerdon::store::postgres
