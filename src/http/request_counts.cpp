// See request_counts.hpp.
#include "http/request_counts.hpp"

#include <algorithm>

namespace guerdon::http {

void RequestCounts::note_answer(std::size_t route, int status) noexcept {
  auto& row = routes_[route < routes_.size() ? route : 0];
  add(row.by_status[static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1)], 1);
}

void RequestCounts::note_duration(std::size_t route, std::chrono::nanoseconds took) noexcept {
  auto& row = routes_[route < routes_.size() ? route : 0];
  std::size_t bucket = 0;
  while (bucket < duration_bounds.size() && took.count() > duration_bounds[bucket]) ++bucket;
  add(row.by_duration[bucket], 1);
  add(row.nanoseconds, took.count());
}

void RequestCounts::note_problem(std::string_view code) {
  const std::lock_guard lock{problems_mutex_};
  if (const auto known = problems_.find(code); known != problems_.end()) {
    ++known->second;
    return;
  }
  ++problems_[problems_.size() < most_codes ? std::string{code} : std::string{"other"}];
}

void RequestCounts::read(Reading& reading) const {
  const auto value = [](const Count& count) { return count.load(std::memory_order_relaxed); };
  if (reading.routes.size() < routes_.size()) reading.routes.resize(routes_.size());
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    auto& told = reading.routes[i];
    const auto& row = routes_[i];
    for (std::size_t s = 0; s < told.by_status.size(); ++s)
      told.by_status[s] += static_cast<std::uint64_t>(value(row.by_status[s]));
    for (std::size_t b = 0; b < told.by_duration.size(); ++b)
      told.by_duration[b] += static_cast<std::uint64_t>(value(row.by_duration[b]));
    told.nanoseconds += value(row.nanoseconds);
  }
  for (std::size_t p = 0; p < phase_names.size(); ++p) reading.connections[p] += value(connections_[p]);
  const std::lock_guard lock{problems_mutex_};
  for (const auto& [code, count] : problems_) reading.problems[code] += count;
}

}  // namespace guerdon::http
