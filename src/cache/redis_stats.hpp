// What a Redis client counts: for metrics and for health.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "cache/breaker.hpp"

namespace guerdon::cache {

struct RedisStats {
  /// Upper bounds of the buckets of latency; the last bucket has none.
  static constexpr std::array<std::chrono::microseconds, 8> bounds{
      std::chrono::microseconds{250},    std::chrono::microseconds{500},   std::chrono::microseconds{1000},
      std::chrono::microseconds{2500},   std::chrono::microseconds{5000},  std::chrono::microseconds{10'000},
      std::chrono::microseconds{25'000}, std::chrono::microseconds{50'000}};

  bool is_up = false;
  Breaker::State breaker = Breaker::State::closed;
  std::uint64_t connections = 0;  ///< that were made
  std::uint64_t answered = 0;     ///< commands, and what was no error
  std::uint64_t errors = 0;       ///< commands answered by an error
  std::uint64_t timeouts = 0;     ///< commands without an answer in time
  std::uint64_t lost = 0;         ///< commands whose connection ended
  std::uint64_t skipped = 0;      ///< commands that were not sent, because Redis was down or does not allow
                                  ///< them, or too many were in flight
  std::array<std::uint64_t, bounds.size() + 1> latency{};  ///< of what was answered, errors too; not added up
  std::chrono::microseconds latency_sum{};

  void note_latency(std::chrono::microseconds took) {
    std::size_t bucket = 0;
    while (bucket < bounds.size() && took > bounds[bucket]) ++bucket;
    ++latency[bucket];
    latency_sum += took;
  }
};

}  // namespace guerdon::cache
