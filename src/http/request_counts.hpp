// What one I/O thread has done, for metrics. Only that thread writes, so that counting costs a few plain stores; anyone
// may read meanwhile.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon::http {

/// Where a connection stands; the names are in the same order.
enum class Phase : std::uint8_t { first_byte, idle, header, body, handler, write, pieces, linger };
inline constexpr std::array<std::string_view, 8> phase_names{"new",     "idle",  "header", "body",
                                                             "handler", "write", "stream", "linger"};

/// Bounds of the buckets of durations, in nanoseconds: half a millisecond to ten seconds.
inline constexpr std::array<std::int64_t, 14> duration_bounds{
    500'000,     1'000'000,   2'500'000,   5'000'000,     10'000'000,    25'000'000,    50'000'000,
    100'000'000, 250'000'000, 500'000'000, 1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};

class RequestCounts {
 public:
  static constexpr std::size_t most_codes = 100;  ///< of problems; further ones are "other"

  /// Of a table with so many routes, the one of everything that has none included.
  explicit RequestCounts(std::size_t routes) : routes_(routes == 0 ? 1 : routes) {}

  // On the thread itself.
  void note_answer(std::size_t route, int status) noexcept;
  void note_duration(std::size_t route, std::chrono::nanoseconds took) noexcept;
  void note_problem(std::string_view code);
  void enter(Phase phase) noexcept { add(connections_[static_cast<std::size_t>(phase)], 1); }
  void leave(Phase phase) noexcept { add(connections_[static_cast<std::size_t>(phase)], -1); }

  // On any.
  struct Reading {
    struct Route {
      std::array<std::uint64_t, 5> by_status{};  ///< 1xx to 5xx
      std::array<std::uint64_t, duration_bounds.size() + 1> by_duration{};
      std::int64_t nanoseconds = 0;
    };
    std::vector<Route> routes;
    std::map<std::string, std::uint64_t, std::less<>> problems;
    std::array<std::int64_t, phase_names.size()> connections{};
  };
  /// Adds to `reading`.
  void read(Reading& reading) const;

 private:
  using Count = std::atomic<std::int64_t>;
  struct alignas(64) Route {
    std::array<Count, 5> by_status{};
    std::array<Count, duration_bounds.size() + 1> by_duration{};
    Count nanoseconds{0};
  };

  /// No other thread writes: no bus has to be locked.
  static void add(Count& count, std::int64_t by) noexcept {
    count.store(count.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::vector<Route> routes_;
  std::array<Count, phase_names.size()> connections_{};
  mutable std::mutex problems_mutex_;  // problems are rare, and their thread waits for nobody but a scrape
  std::map<std::string, std::uint64_t, std::less<>> problems_;
};

}  // namespace guerdon::http
