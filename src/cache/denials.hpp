// Commands that a Redis does not let its user run. That is how it was set up, not a failure: they are left alone for a
// while, and everything else goes on.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace guerdon::cache {

/// Thread-safe.
class Denials {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// After that time a command is tried again.
  explicit Denials(std::chrono::milliseconds rest) : rest_(rest) {}

  /// Whether an error says so: the rules of access forbid it, or what a script does, or the command was taken away by
  /// its name.
  [[nodiscard]] static bool is_denial(std::string_view error);

  /// True when that is news: not denied since allow() or ever.
  bool add(const std::string& command, Time now);
  [[nodiscard]] bool has(std::string_view command, Time now) const;
  /// It was answered after all.
  void allow(std::string_view command);

 private:
  const std::chrono::milliseconds rest_;
  mutable std::mutex mutex_;
  std::map<std::string, Time, std::less<>> until_;
};

}  // namespace guerdon::cache
