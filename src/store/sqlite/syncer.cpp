// The log has a descriptor of its own here. Closing it drops no lock: SQLite takes none on the log.
#include "store/sqlite/syncer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace guerdon::store {

namespace {

constexpr std::size_t most_ahead = 2;  // groups that wait besides those whose sync is under way

}  // namespace

Syncer::Syncer(std::string log, FaultInjector* faults, Finish finish)
    : log_(std::move(log)), faults_(faults), finish_(std::move(finish)) {}

Syncer::~Syncer() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  came_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (descriptor_ >= 0) close(descriptor_);
}

bool Syncer::is_ready() {
  if (thread_.joinable()) return true;
  if (descriptor_ < 0) descriptor_ = open(log_.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor_ < 0) return false;
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error&) {
    return false;
  }
  pthread_setname_np(thread_.native_handle(), "store-syncer");
  return true;
}

void Syncer::push(Group group) {
  {
    std::unique_lock lock{mutex_};
    went_.wait(lock, [this] { return waiting_.size() < most_ahead; });
    waiting_.push_back(std::move(group));
    under_way_ += 1;
  }
  came_.notify_one();
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
    while (fdatasync(descriptor_) != 0) {
      if (errno == EINTR) continue;
      throw StoreError(StoreError::Kind::commit_unknown,
                       fmt::format("the log cannot be synced: {}", std::generic_category().message(errno)));
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
}

}  // namespace guerdon::store
