// See task_pool.hpp.
#include "runtime/task_pool.hpp"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "base/patient_twin.hpp"
#include "base/scheduling.hpp"
#include "telemetry/log.hpp"

namespace guerdon {
namespace {

constexpr std::chrono::seconds idle_after{1};

std::size_t or_one_per_core(std::size_t threads) {
  return threads != 0 ? threads : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

void run(const std::function<void()>& task, const std::string& pool) noexcept {
  try {
    task();
  } catch (const std::exception& error) {
    log::error("tasks", "a task threw", {{"pool", pool}, {"error", error.what()}});
  } catch (...) {
    log::error("tasks", "a task threw something that is no exception", {{"pool", pool}});
  }
}

}  // namespace

TaskPool::TaskPool(TaskPoolOptions options)
    : options_(std::move(options)), thread_count_(or_one_per_core(options_.threads)) {
  threads_.reserve(thread_count_);
  try {
    for (std::size_t i = 0; i < thread_count_; ++i) threads_.emplace_back([this, i] { work(i); });
  } catch (...) {
    stop(std::chrono::milliseconds{0});
    throw;
  }
}

TaskPool::~TaskPool() { stop(std::chrono::hours{24}); }

bool TaskPool::post(std::function<void()> task) {
  {
    const std::lock_guard lock{mutex_};
    if (stopping_) return false;
    if (waiting_.size() >= options_.queue) {
      ++refused_;
      return false;
    }
    waiting_.push_back(std::move(task));
  }
  work_to_do_.notify_one();
  return true;
}

std::size_t TaskPool::stop(std::chrono::milliseconds limit) {
  std::deque<std::function<void()>> let_go;
  {
    std::unique_lock lock{mutex_};
    stopping_ = true;
    work_to_do_.notify_all();
    const bool may_wait = limit > limit.zero() && !threads_.empty();
    if (may_wait) emptied_.wait_for(lock, limit, [this] { return waiting_.empty(); });
    let_go.swap(waiting_);
  }
  const auto count = let_go.size();
  let_go.clear();
  const std::lock_guard lock{join_mutex_};
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  return count;
}

std::size_t TaskPool::waiting() const {
  const std::lock_guard lock{mutex_};
  return waiting_.size();
}

std::uint64_t TaskPool::refused() const {
  const std::lock_guard lock{mutex_};
  return refused_;
}

void TaskPool::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const auto is_over = [this] { return stopping_ || !waiting_.empty(); };
  if (options_.on_idle && !work_to_do_.wait_for(lock, idle_after, is_over)) {
    lock.unlock();
    run(options_.on_idle, options_.name);
    lock.lock();
  }
  work_to_do_.wait(lock, is_over);
}

void TaskPool::work(std::size_t index) {
  const std::string name = options_.name + "/" + std::to_string(index);
  static_cast<void>(pthread_setname_np(pthread_self(), name.substr(0, 15).c_str()));
  std::optional<PatientTwin> twin;
  if (options_.low_priority) {
    ask_to_stand_back();
    std::function<void()> on_idle;
    if (options_.on_idle) on_idle = [idle = options_.on_idle, pool = options_.name] { run(idle, pool); };
    twin.emplace(name + " twin", std::move(on_idle));
  }
  std::unique_lock lock{mutex_};
  while (true) {
    wait_for_work(lock);
    if (waiting_.empty()) break;
    std::function<void()> task = std::move(waiting_.front());
    waiting_.pop_front();
    if (waiting_.empty()) emptied_.notify_all();
    lock.unlock();
    run(task, options_.name);
    task = nullptr;  // what it captured is let go of outside the lock
    lock.lock();
  }
}

}  // namespace guerdon
