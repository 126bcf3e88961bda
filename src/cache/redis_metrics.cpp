// See redis_metrics.hpp.
#include "cache/redis_metrics.hpp"

#include <chrono>
#include <utility>

namespace guerdon::cache {
namespace {

template <class Number>
double as_value(Number number) {
  return static_cast<double>(number);
}

double in_seconds(std::chrono::microseconds time) { return as_value(time.count()) / 1e6; }

void tell_breaker(MetricSheet& sheet, Breaker::State state) {
  using State = Breaker::State;
  for (const auto& [name, one] :
       {std::pair{"closed", State::closed}, std::pair{"open", State::open}, std::pair{"half-open", State::half_open}})
    sheet.gauge("redis_breaker_state", "1 for what the breaker is: open while Redis is left alone.",
                state == one ? 1 : 0, {{"state", name}});
}

void tell_commands(MetricSheet& sheet, const RedisStats& stats) {
  for (const auto& [outcome, count] :
       {std::pair{"answered", stats.answered}, std::pair{"error", stats.errors}, std::pair{"timeout", stats.timeouts},
        std::pair{"lost", stats.lost}, std::pair{"skipped", stats.skipped}})
    sheet.counter("redis_commands_total", "Commands to Redis, by what became of them.", as_value(count),
                  {{"outcome", outcome}});
}

}  // namespace

void tell_redis(MetricSheet& sheet, const RedisStats& stats, std::size_t owed) {
  sheet.gauge("redis_up", "1 while Redis is connected and does not fail.", stats.is_up ? 1 : 0);
  tell_breaker(sheet, stats.breaker);
  sheet.counter("redis_connections_total", "Connections to Redis that were made.", as_value(stats.connections));
  tell_commands(sheet, stats);
  HistogramReading latency;
  for (const auto bound : RedisStats::bounds) latency.bounds.push_back(in_seconds(bound));
  latency.counts.assign(stats.latency.begin(), stats.latency.end());
  latency.sum = in_seconds(stats.latency_sum);
  sheet.histogram("redis_command_duration_seconds", "What a command to Redis took that was answered.", latency);
  sheet.gauge("redis_owed_removals", "Entries that are to be removed once Redis is there again.", as_value(owed));
}

}  // namespace guerdon::cache
