// See watchdog.hpp.
#include "runtime/watchdog.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace guerdon {

bool Watchdog::Judge::hangs(Reading reading, std::chrono::steady_clock::time_point now) {
  const bool gets_on = reading.waiting == 0 || reading.progress != progress_;
  progress_ = reading.progress;
  if (gets_on || !since_) {
    since_ = now;
    return false;
  }
  return now - *since_ >= limit_;
}

Watchdog::Watchdog(std::chrono::milliseconds limit, std::function<Reading()> read, std::function<void()> on_hang)
    : limit_(limit), read_(std::move(read)), on_hang_(std::move(on_hang)), thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void Watchdog::watch() {
  static_cast<void>(pthread_setname_np(pthread_self(), "watchdog"));
  const auto pause = std::clamp(limit_ / 10, std::chrono::milliseconds{10}, std::chrono::milliseconds{5000});
  Judge judge{limit_};
  std::unique_lock lock{mutex_};
  while (!stop_.wait_for(lock, pause, [this] { return stopping_; })) {
    if (!judge.hangs(read_(), std::chrono::steady_clock::now())) continue;
    on_hang_();
    return;
  }
}

}  // namespace guerdon
