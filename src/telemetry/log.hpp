// The server's log: one structured line an occurrence, written by a thread of its own so that nobody waits for a disk
// or a pipe. It refuses control characters, lines above 8 KiB and fields whose names sound secret; where no Output
// exists it drops everything.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace guerdon::log {

enum class Level : std::uint8_t { debug, info, warning, error, off };
enum class Format : std::uint8_t { json, text };

inline constexpr std::size_t max_line = 8 * 1024;  ///< bytes, the line feed included

/// What a field holds, for the time of the call.
class Value {
 public:
  using Held = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

  template <class T>
    requires std::convertible_to<const T&, std::string_view>
  Value(const T& text) : held_(std::string_view{text}) {}  // NOLINT(google-explicit-constructor): a field's value
  template <std::integral T>
  Value(T number) {  // NOLINT(google-explicit-constructor): a field's value
    if constexpr (std::same_as<T, bool>)
      held_ = number;
    else if constexpr (std::signed_integral<T>)
      held_ = static_cast<std::int64_t>(number);
    else
      held_ = static_cast<std::uint64_t>(number);
  }
  Value(double number) : held_(number) {}  // NOLINT(google-explicit-constructor): a field's value

  [[nodiscard]] const Held& held() const noexcept { return held_; }

 private:
  Held held_;
};

struct Field {
  std::string_view key;
  Value value;
};
using Fields = std::initializer_list<Field>;

/// Cheap enough to ask before fields are worked out.
[[nodiscard]] bool enabled(Level level) noexcept;

/// Never throws, never blocks: when the queue is full the oldest lines are lost and counted.
void write(Level level, std::string_view component, std::string_view message, Fields fields = {}) noexcept;

inline void debug(std::string_view component, std::string_view message, Fields fields = {}) noexcept {
  write(Level::debug, component, message, fields);
}
inline void info(std::string_view component, std::string_view message, Fields fields = {}) noexcept {
  write(Level::info, component, message, fields);
}
inline void warning(std::string_view component, std::string_view message, Fields fields = {}) noexcept {
  write(Level::warning, component, message, fields);
}
inline void error(std::string_view component, std::string_view message, Fields fields = {}) noexcept {
  write(Level::error, component, message, fields);
}

/// While it lives, every line of this thread carries the ids of the request and of its trace, where there are any.
/// Scopes nest; the texts must outlive the scope.
class RequestScope {
 public:
  explicit RequestScope(std::string_view request_id, std::string_view trace_id = {}) noexcept;
  ~RequestScope();
  RequestScope(const RequestScope&) = delete;
  RequestScope& operator=(const RequestScope&) = delete;

 private:
  std::string_view outer_, outer_trace_;
};

/// An address cut short, so that a line names a network and not a person: 192.0.2.0, 2001:db8:1::.
[[nodiscard]] std::string address(std::string_view ip);
/// Something to tell tokens apart by: the first 8 hexadecimal digits of their SHA-256.
[[nodiscard]] std::string fingerprint(std::string_view secret);

struct OutputOptions {
  Level level = Level::info;
  Format format = Format::json;
  /// Gets whole lines, line feed included, on the log's thread. Empty = standard error.
  std::function<void(std::string_view line)> sink;
};

/// Where lines go as long as it lives. One a process: a later one takes over, and none gets lines afterwards.
/// The destructor writes what is queued.
class Output {
 public:
  explicit Output(OutputOptions options);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace guerdon::log
