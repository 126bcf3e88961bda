// All open streams of server-sent events: reads the next page of each in the task pool when something was committed,
// the client has taken the page before, and its caller may still call. A slow client holds up only itself.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string_view>

#include "guerdon/store.hpp"
#include "guerdon/time.hpp"
#include "http/event_source.hpp"
#include "http/handler.hpp"
#include "http/job.hpp"
#include "http/reader_pool.hpp"
#include "runtime/task_pool.hpp"

namespace guerdon::http {

struct StreamRules {
  std::size_t most = 64;                                           ///< open at once
  std::chrono::milliseconds heartbeat = std::chrono::seconds{15};  ///< by the business clock
  std::int64_t longest_steps = 40'000'000;                         ///< of reading a page
};

/// Thread-safe. Outlives its streams, which end with their connections, and what it has asked of tasks and of counts.
class EventStreams {
 public:
  EventStreams(TaskPool& tasks, ReaderPool& readers, const Clock& clock, StreamRules rules)
      : tasks_(tasks), readers_(readers), clock_(clock), rules_(rules) {}
  EventStreams(const EventStreams&) = delete;
  EventStreams& operator=(const EventStreams&) = delete;

  /// `opened` is called when there is a stream where there was none: beat() should be called now and then from here on.
  void tell_opened(std::function<void()> opened) { opened_ = std::move(opened); }

  /// Answers with a refusal, or with the first page and the right to more. Whoever may call is counted first, then
  /// takes one of the places.
  void open(Job job, std::unique_ptr<EventSource> source, Ticket ticket);

  /// Something was committed on that topic.
  void wake(std::string_view topic) noexcept;
  void wake_all() noexcept;
  /// Lets those know that the server lives who have not heard for long. When to come back; nothing while none is open.
  [[nodiscard]] std::optional<Instant> beat(Instant now);
  [[nodiscard]] std::size_t open_streams() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  class Stream;
  enum class Cause { entry, first, commit, beat };
  struct Turn;

  bool enlist(Stream& stream);
  void strike(Stream& stream) noexcept;
  void read_soon(std::shared_ptr<Stream> stream, Ticket ticket, Cause cause);
  template <class Wants>
  void wake_those(Wants wants, Cause cause);

  TaskPool& tasks_;
  ReaderPool& readers_;
  const Clock& clock_;
  const StreamRules rules_;
  std::function<void()> opened_;
  std::mutex mutex_;
  std::set<Stream*> streams_;
  std::atomic<std::size_t> count_{0};  // of them
};

namespace problems {
inline constexpr Problem too_many_streams{503, "too-many-streams"};
}  // namespace problems

}  // namespace guerdon::http
