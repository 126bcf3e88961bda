// See log.hpp. The queue and its thread are spdlog's; what a line looks like is log_line's.
#include "telemetry/log.hpp"

#include <arpa/inet.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <exception>
#include <shared_mutex>

#include "guerdon/crypto.hpp"
#include "guerdon/time.hpp"
#include "telemetry/log_line.hpp"

namespace guerdon::log {
namespace {

constexpr std::size_t queue_lines = 1024;

// A thread works for one request at a time.
thread_local std::string_view current_request, current_trace;  // NOLINT

void write_to_stderr(std::string_view line) {
  while (!line.empty()) {
    const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads the log: losing it is all that can be done
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

class Sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit Sink(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    write_({message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

  std::function<void(std::string_view)> write_;
};

}  // namespace

struct Output::State {
  explicit State(OutputOptions options)
      : level(options.level),
        format(options.format),
        threads(std::make_shared<spdlog::details::thread_pool>(queue_lines, 1)),
        logger(std::make_shared<spdlog::async_logger>(
            "guerdon", std::make_shared<Sink>(options.sink ? std::move(options.sink) : write_to_stderr), threads,
            spdlog::async_overflow_policy::overrun_oldest)) {}

  const Level level;
  const Format format;
  const std::shared_ptr<spdlog::details::thread_pool> threads;
  const std::shared_ptr<spdlog::async_logger> logger;
};

namespace {

// The one place of the process that knows where lines go, so that nothing has to carry a logger around.
struct Current {
  std::atomic<Level> level{Level::off};
  std::shared_mutex mutex;
  std::shared_ptr<Output::State> state;
};

Current& current() {
  static auto* const one = new Current;  // outlives every thread that may still log at exit
  return *one;
}

std::shared_ptr<Output::State> state_of_now() {
  const std::shared_lock lock{current().mutex};
  return current().state;
}

}  // namespace

Output::Output(OutputOptions options) : state_(std::make_shared<State>(std::move(options))) {
  const std::lock_guard lock{current().mutex};
  current().state = state_;
  current().level = state_->level;
}

Output::~Output() {
  {
    const std::lock_guard lock{current().mutex};
    if (current().state == state_) {
      current().level = Level::off;
      current().state.reset();
    }
  }
  const auto lost = state_->threads->overrun_counter();
  if (lost == 0 || state_->level == Level::off) return;
  const Line line{SystemClock{}.now(), Level::warning, "log", "lines were lost, the queue was full", {}, {}};
  state_->logger->log(spdlog::level::critical, render(line, state_->format));
}

bool enabled(Level level) noexcept {
  return level != Level::off && level >= current().level.load(std::memory_order_relaxed);
}

void write(Level level, std::string_view component, std::string_view message, Fields fields) noexcept {
  if (!enabled(level)) return;
  try {
    const auto state = state_of_now();
    if (!state) return;
    const Line line{SystemClock{}.now(), level, component, message, current_request, fields, current_trace};
    state->logger->log(spdlog::level::critical, render(line, state->format));
  } catch (const std::exception&) {
    // Out of memory, most likely: a line less.
  }
}

RequestScope::RequestScope(std::string_view request_id, std::string_view trace_id) noexcept
    : outer_(current_request), outer_trace_(current_trace) {
  current_request = request_id;
  current_trace = trace_id;
}

RequestScope::~RequestScope() {
  current_request = outer_;
  current_trace = outer_trace_;
}

std::string address(std::string_view ip) {
  const std::string text{ip};
  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> shown{};
  const bool is_v4 = inet_pton(AF_INET, text.c_str(), bytes.data()) == 1;
  if (!is_v4 && inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return "unknown";
  for (std::size_t i = is_v4 ? 3 : 6; i < bytes.size(); ++i) bytes.at(i) = 0;  // /24 and /48
  inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes.data(), shown.data(), shown.size());
  return shown.data();
}

std::string fingerprint(std::string_view secret) { return to_hex(as_text(sha256(secret)).substr(0, 4)); }

}  // namespace guerdon::log
