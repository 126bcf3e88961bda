#include "store/sqlite/syncer.hpp"

#include <pthread.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace guerdon::store {

namespace {

constexpr std::size_t most_ahead = 2;  // groups that wait besides those whose sync is under way

}  // namespace

Syncer::Syncer(sqlite3* connection, FaultInjector* faults, Finish finish)
    : connection_(connection), faults_(faults), finish_(std::move(finish)) {}

Syncer::~Syncer() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  came_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Syncer::is_ready() {
  if (thread_.joinable()) return true;
  try {
    if (!log_) log_.emplace(connection_, SyncedFile::Which::log);
    thread_ = std::thread([this] { work(); });
  } catch (const StoreError&) {
    return false;
  } catch (const std::system_error&) {
    return false;
  }
  pthread_setname_np(thread_.native_handle(), "store-syncer");
  return true;
}

void Syncer::push(Group group) {
  std::unique_lock lock{mutex_};
  waiting_.push_back(std::move(group));  // at once: the sync that begins next covers it
  under_way_ += 1;
  came_.notify_one();
  went_.wait(lock, [this] { return waiting_.size() <= most_ahead; });
}

void Syncer::drain() {
  std::unique_lock lock{mutex_};
  went_.wait(lock, [this] { return is_idle(); });
}

void Syncer::work() {
  std::unique_lock lock{mutex_};
  for (;;) {
    came_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
    if (waiting_.empty()) return;
    auto groups = std::exchange(waiting_, {});
    lock.unlock();
    went_.notify_one();
    sync(groups);
    const auto count = groups.size();
    for (Group& group : groups) finish_(group, failure_);
    groups.clear();
    lock.lock();
    under_way_ -= count;
    went_.notify_one();
  }
}

/// After a failed fsync the kernel may have thrown the pages away, and a second one would succeed without them.
void Syncer::sync(const std::vector<Group>& groups) {
  if (failure_ || std::ranges::none_of(groups, [](const Group& group) { return group.has_written; })) return;
  try {
    if (faults_ != nullptr) faults_->before_sync();
    log_->sync();
  } catch (...) {
    failure_ = std::current_exception();
  }
}

}  // namespace guerdon::store
