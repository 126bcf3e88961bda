#include "store/sqlite/flusher.hpp"

#include <pthread.h>

#include <system_error>
#include <utility>

#include "base/scheduling.hpp"
#include "guerdon/store.hpp"

namespace guerdon::store {

Flusher::Flusher(sqlite3* connection, Fail fail) : connection_(connection), fail_(std::move(fail)) {}

void Flusher::stop() {
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
  }
  came_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Flusher::ask() {
  if (!is_ready()) return;
  {
    const std::lock_guard lock{mutex_};
    if (is_stopping_) return;
    is_asked_ = true;
    is_idle_ = false;
  }
  came_.notify_one();
}

bool Flusher::is_ready() {
  if (thread_.joinable()) return true;
  try {
    if (!file_) file_.emplace(connection_, SyncedFile::Which::database);
    thread_ = std::thread([this] { work(); });
  } catch (const StoreError&) {
    return false;
  } catch (const std::system_error&) {
    return false;
  }
  pthread_setname_np(thread_.native_handle(), "store-flusher");
  return true;
}

void Flusher::work() {
  ask_not_to_interrupt();
  while (wait()) {
    try {
      file_->sync();
    } catch (const StoreError& error) {
      {
        const std::lock_guard lock{mutex_};
        is_stopping_ = is_idle_ = true;
      }
      return fail_(error.what());
    }
  }
}

/// False: it is over.
bool Flusher::wait() {
  std::unique_lock lock{mutex_};
  is_idle_ = !is_asked_;
  came_.wait(lock, [this] { return is_asked_ || is_stopping_; });
  is_asked_ = false;
  return !is_stopping_;
}

}  // namespace guerdon::store
