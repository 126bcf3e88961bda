// The twin may not get to let go of a lock for long, so its owner never waits for one: it tries.
#include "base/patient_twin.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <system_error>

#include "base/considerate.hpp"
#include "base/scheduling.hpp"

namespace guerdon {
namespace {

constexpr std::chrono::seconds idle_after{1};
constexpr int most_times_slower = 10;                 // than it would be with a core of its own
constexpr std::chrono::milliseconds most_later{250};  // than that

thread_local PatientTwin* twin = nullptr;

}  // namespace

struct PatientTwin::Shared {
  Shared(std::string its_name, std::function<void()> when_idle)
      : name(std::move(its_name)), on_idle(std::move(when_idle)) {}

  void run();
  void wait_for_work(std::unique_lock<std::mutex>& lock);

  const std::string name;
  const std::function<void()> on_idle;
  std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<Job> next;
  bool is_busy = false, is_stopping = false, is_over = false;
  std::atomic<std::chrono::nanoseconds> took{std::chrono::milliseconds{20}};  // of CPU, the last one
};

PatientTwin::PatientTwin(std::string name, std::function<void()> on_idle, Limits limits)
    : limits_(limits), shared_(std::make_shared<Shared>(std::move(name), std::move(on_idle))) {
  assert(twin == nullptr);
  twin = this;
}

PatientTwin::~PatientTwin() {
  twin = nullptr;
  std::shared_ptr<Job> dropped;
  std::unique_lock lock{shared_->mutex};
  dropped.swap(shared_->next);
  shared_->is_stopping = true;
  shared_->changed.notify_all();
  if (!thread_.joinable()) return;
  const bool is_over = shared_->changed.wait_for(lock, limits_.end, [this] { return shared_->is_over; });
  lock.unlock();
  if (is_over)
    thread_.join();
  else
    thread_.detach();
}

PatientTwin* PatientTwin::of_this_thread() noexcept { return twin; }

bool PatientTwin::begin(std::shared_ptr<Job> job) {
  {
    const std::unique_lock lock{shared_->mutex, std::try_to_lock};
    if (!lock || shared_->is_busy) return false;
    try {
      if (!thread_.joinable()) thread_ = std::thread{[shared = shared_] { shared->run(); }};
    } catch (const std::system_error&) {
      return false;  // no more threads: the caller is one
    }
    shared_->next = std::move(job);
    shared_->is_busy = true;
  }
  shared_->changed.notify_all();
  return true;
}

/// What was not begun need not be.
void PatientTwin::give_up() {
  std::shared_ptr<Job> dropped;
  const std::unique_lock lock{shared_->mutex, std::try_to_lock};
  if (!lock || !shared_->next) return;
  dropped.swap(shared_->next);
  shared_->is_busy = false;
}

std::chrono::nanoseconds PatientTwin::patience() const noexcept {
  const auto took = shared_->took.load(std::memory_order_relaxed);
  const auto most = took + std::max<std::chrono::nanoseconds>(most_later, limits_.least_patience);
  return std::clamp<std::chrono::nanoseconds>(most_times_slower * took, limits_.least_patience, most);
}

void PatientTwin::Shared::run() {
  static_cast<void>(pthread_setname_np(pthread_self(), name.substr(0, 15).c_str()));
  ask_for_what_is_left();
  Considerate considerate;
  std::unique_lock lock{mutex};
  while (true) {
    wait_for_work(lock);
    if (!next) break;
    auto job = std::exchange(next, nullptr);
    lock.unlock();
    bool is_done = false;
    const auto time = considerate.compute([&]() noexcept { is_done = job->compute(); });
    if (is_done) took.store(time, std::memory_order_relaxed);
    lock.lock();
    is_busy = false;  // first: who is told interrupts this thread, and may have more to do
    lock.unlock();
    job->tell();
    job.reset();
    lock.lock();
  }
  is_over = true;
  changed.notify_all();
}

void PatientTwin::Shared::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto has_to_do = [this] { return is_stopping || next; };
  if (on_idle && !changed.wait_for(lock, idle_after, has_to_do)) {
    lock.unlock();
    on_idle();
    lock.lock();
  }
  changed.wait(lock, has_to_do);
}

}  // namespace guerdon
