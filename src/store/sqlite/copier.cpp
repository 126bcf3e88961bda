#include "store/sqlite/copier.hpp"

#include <pthread.h>

#include <exception>
#include <utility>

#include "store/sqlite/errors.hpp"

namespace guerdon::store {

bool Copier::start() {
  const std::lock_guard lock{mutex_};
  if (busy_) return true;
  try {
    if (!connection_) {
      auto connection = std::make_unique<SqliteConnection>(
          open_sqlite_file(shared_.path, SQLITE_OPEN_READWRITE, shared_.busy_patience));
      connection->pragma(shared_.syncs_checkpoints ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=OFF");
      connection_ = std::move(connection);
    }
    if (!thread_.joinable()) {
      thread_ = std::thread([this] { work(); });
      pthread_setname_np(thread_.native_handle(), "store-copier");
    }
  } catch (const std::exception&) {
    return false;
  }
  busy_ = true;
  changed_.notify_one();
  return true;
}

bool Copier::is_busy() {
  const std::lock_guard lock{mutex_};
  return busy_;
}

std::uint64_t Copier::copied() {
  const std::lock_guard lock{mutex_};
  return copied_;
}

std::optional<std::string> Copier::failure() {
  const std::lock_guard lock{mutex_};
  return failure_;
}

void Copier::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Copier::work() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return busy_ || stopping_; });
    if (!busy_) return;
    lock.unlock();
    int in_log = 0;
    int copied = 0;
    shared_.readers.release(std::chrono::milliseconds{0});
    auto* const db = connection_->handle();
    const int code = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
    std::optional<std::string> failure;
    if ((code & 0xff) == SQLITE_IOERR) failure = sqlite_error(db, code, "a checkpoint failed").what();
    lock.lock();
    if (failure) failure_ = std::move(failure);
    if (code == SQLITE_OK) copied_ = copied > 0 ? static_cast<std::uint64_t>(copied) : 0;
    busy_ = false;
  }
}

}  // namespace guerdon::store
