// See patient_twin.hpp.
#include "base/patient_twin.hpp"

#include <pthread.h>

#include <algorithm>
#include <ctime>
#include <system_error>

#include "base/scheduling.hpp"

namespace guerdon {
namespace {

constexpr std::chrono::seconds idle_after{1};

constexpr int most_times_slower = 10;  // than it would be with a core of its own

thread_local PatientTwin* twin = nullptr;

std::chrono::nanoseconds cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

}  // namespace

PatientTwin::PatientTwin(std::string name, std::function<void()> on_idle, std::chrono::milliseconds least_patience)
    : name_(std::move(name)), on_idle_(std::move(on_idle)), least_patience_(least_patience) {
  twin = this;
}

PatientTwin::~PatientTwin() {
  twin = nullptr;
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

PatientTwin* PatientTwin::of_this_thread() noexcept { return twin; }

bool PatientTwin::take(Work work) {
  {
    // Whoever waits for a lock waits for the thread that has it, and the twin may not get to let go of it for long.
    const std::unique_lock lock{mutex_, std::try_to_lock};
    if (!lock || is_busy_) return false;
    try {
      if (!thread_.joinable()) thread_ = std::thread{[this] { run(); }};
    } catch (const std::system_error&) {
      return false;  // no more threads: the caller is one
    }
    work_ = std::move(work);
    is_busy_ = true;
  }
  changed_.notify_one();
  return true;
}

std::chrono::nanoseconds PatientTwin::patience() const noexcept {
  return std::max<std::chrono::nanoseconds>(most_times_slower * took_.load(std::memory_order_relaxed), least_patience_);
}

void PatientTwin::run() {
  static_cast<void>(pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str()));
  ask_for_what_is_left();
  std::unique_lock lock{mutex_};
  while (true) {
    wait_for_work(lock);
    if (!work_) break;
    auto work = std::exchange(work_, nullptr);
    lock.unlock();
    const auto begin = cpu_time();
    const auto tell = work();
    work = nullptr;  // with what it owns, before anybody hears of it
    took_.store(cpu_time() - begin, std::memory_order_relaxed);
    lock.lock();
    is_busy_ = false;  // first: who is told interrupts this thread, and may have more to do
    lock.unlock();
    tell();
    lock.lock();
  }
}

void PatientTwin::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto is_over = [this] { return is_stopping_ || work_; };
  if (on_idle_ && !changed_.wait_for(lock, idle_after, is_over)) {
    lock.unlock();
    on_idle_();
    lock.lock();
  }
  changed_.wait(lock, is_over);
}

}  // namespace guerdon
