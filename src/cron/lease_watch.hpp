// Who is at a job, and whether they still live: a lease is over when its holder has given no sign of life for as long
// as this server has watched by its own steady clock. No wall clock is asked, so none that jumps ends a lease.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "cron/job_rows.hpp"

namespace guerdon::cron {

/// Not thread-safe.
class LeaseWatch {
 public:
  using Steady = std::chrono::steady_clock;

  LeaseWatch(std::chrono::milliseconds lease, std::function<Steady::time_point()> steady)
      : lease_(lease), steady_(std::move(steady)) {}

  /// Of a job that somebody else holds. The first look only begins to watch. On an embedded database nobody else lives.
  [[nodiscard]] bool is_over(const JobRow& job, Engine engine);

  /// Of a job that this process holds: it has just given a sign of life, and wants to give another one.
  void note_beat(const std::string& job) { beats_[job] = steady_(); }
  [[nodiscard]] bool wants_beat(const std::string& job) const;

 private:
  struct Sight {
    Uuid holder;
    std::int64_t beat;
    Steady::time_point since;
  };

  const std::chrono::milliseconds lease_;
  const std::function<Steady::time_point()> steady_;
  std::map<std::string, Sight> seen_;
  std::map<std::string, Steady::time_point> beats_;
};

}  // namespace guerdon::cron
