// A histogram with fixed bounds that costs its writers a few atomic additions and nobody a lock.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "guerdon/histogram_reading.hpp"

namespace guerdon::telemetry {

/// Of whole numbers: nanoseconds, commands. Thread-safe.
template <std::size_t Bounds>
class Histogram {
 public:
  /// Ascending.
  explicit constexpr Histogram(const std::array<std::int64_t, Bounds>& bounds) : bounds_(bounds) {}

  void note(std::int64_t value) noexcept {
    std::size_t bucket = 0;
    while (bucket < Bounds && value > bounds_[bucket]) ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  /// In units of so many: nanoseconds in seconds are 1e9.
  [[nodiscard]] HistogramReading read(double unit = 1) const {
    HistogramReading reading;
    for (const auto bound : bounds_) reading.bounds.push_back(static_cast<double>(bound) / unit);
    for (const auto& count : counts_) reading.counts.push_back(count.load(std::memory_order_relaxed));
    reading.sum = static_cast<double>(sum_.load(std::memory_order_relaxed)) / unit;
    return reading;
  }

 private:
  const std::array<std::int64_t, Bounds> bounds_;
  std::array<std::atomic<std::uint64_t>, Bounds + 1> counts_{};
  std::atomic<std::int64_t> sum_{0};
};

}  // namespace guerdon::telemetry
