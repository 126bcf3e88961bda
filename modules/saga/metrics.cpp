// See metrics.hpp. Ids grow with time, so that the newest sagas are the last rows of the primary key. Those that have
// not ended are few, and have an index of their own (saga_sagas_next): however old one is, it is seen.
#include "metrics.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <tuple>
#include <vector>

#include "guerdon/codec.hpp"
#include "guerdon/metrics.hpp"
#include "saga/types.hpp"

namespace guerdon::saga {
namespace {

using std::chrono::milliseconds;

void tell_states(Snapshot& snapshot, MetricSheet& sheet) {
  constexpr Sql sql =
      "SELECT type, state, COUNT(*) FROM (SELECT type, state FROM saga_sagas ORDER BY id DESC LIMIT $1) AS found"
      " GROUP BY type, state";
  for (const auto& [type, state, count] :
       snapshot.list<std::tuple<std::string, SagaState, std::int64_t>>(sql, most_counted))
    sheet.gauge("saga_sagas", "Sagas by state, of the newest 10000.", static_cast<double>(count),
                {{"type", type}, {"state", std::string{wire_name(state)}}});
}

void tell_oldest(Snapshot& snapshot, MetricSheet& sheet) {
  constexpr Sql sql = "SELECT MIN(created_at) FROM saga_sagas WHERE next_at IS NOT NULL";
  const auto since = snapshot.get<std::optional<Instant>>(sql);
  const auto age = since ? std::max(snapshot.now() - *since, milliseconds{0}) : milliseconds{0};
  sheet.gauge("saga_oldest_unfinished_seconds", "Age of the oldest saga that has not ended.",
              std::chrono::duration<double>(age).count());
}

}  // namespace

void declare_metrics(Metrics& metrics) {
  metrics.add_rows([](Snapshot& snapshot, MetricSheet& sheet) {
    tell_states(snapshot, sheet);
    tell_oldest(snapshot, sheet);
  });
}

}  // namespace guerdon::saga
