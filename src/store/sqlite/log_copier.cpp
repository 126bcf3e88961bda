#include "store/sqlite/log_copier.hpp"

#include <pthread.h>

#include <system_error>
#include <utility>

#include "base/scheduling.hpp"
#include "store/sqlite/errors.hpp"

namespace guerdon::store {
namespace {

/// A connection that has read nothing does not know of the log, and copies nothing.
SqliteHandle open(const SqliteShared& shared) {
  auto connection = open_sqlite_file(shared.path, SQLITE_OPEN_READWRITE, shared.busy_patience);
  const int code = sqlite3_exec(connection.get(), "SELECT 1 FROM sqlite_schema LIMIT 1", nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw sqlite_error(connection.get(), code, "the log cannot be read");
  return connection;
}

}  // namespace

LogCopier::LogCopier(SqliteShared& shared, Fail fail) : shared_(shared), fail_(std::move(fail)) {}

LogCopier::~LogCopier() {
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool LogCopier::begin() {
  try {
    if (!connection_) connection_ = open(shared_);
    if (!thread_.joinable()) thread_ = std::thread{[this] { work(); }};
  } catch (const StoreError&) {
    return false;
  } catch (const std::system_error&) {
    return false;
  }
  {
    const std::lock_guard lock{mutex_};
    is_at_work_ = true;
  }
  changed_.notify_all();
  return true;
}

bool LogCopier::is_at_work() const {
  const std::lock_guard lock{mutex_};
  return is_at_work_;
}

void LogCopier::wait() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return !is_at_work_; });
}

void LogCopier::work() {
  static_cast<void>(pthread_setname_np(pthread_self(), "store-copier"));
  ask_not_to_interrupt();
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return is_at_work_ || is_stopping_; });
    if (!is_at_work_) break;
    lock.unlock();
    copy();
    lock.lock();
    is_at_work_ = false;
    changed_.notify_all();
  }
}

/// Snapshots that readers keep without need limit what can be copied. What can't be now is left to the writer. SQLite
/// syncs the file only after the last page of a log; what is synced now the writer does not wait for then.
void LogCopier::copy() {
  shared_.readers.release(std::chrono::milliseconds{0});
  auto* const db = connection_.get();
  int code = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  sqlite3_file* file = nullptr;
  if (code == SQLITE_OK && sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK)
    code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  if ((code & 0xff) == SQLITE_IOERR) fail_(std::string{"copying the log failed: "}.append(sqlite3_errstr(code)));
}

}  // namespace guerdon::store
