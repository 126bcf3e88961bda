// Brings what was copied into the database's file to the disk, on a thread of its own: handing thousands of pages to
// the disk takes longer than copying them. Nothing relies on it: the end of a checkpoint syncs the file by itself, and
// finds most of it done.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "store/sqlite/synced_file.hpp"

namespace guerdon::store {

class Flusher {
 public:
  /// Told on the flusher's thread why the disk can't be trusted any more; nothing is flushed after that.
  using Fail = std::function<void(const std::string& reason)>;

  /// Of the connection's database, which outlives it. Nothing is opened and no thread runs before it is needed.
  Flusher(sqlite3* connection, Fail fail);
  Flusher(const Flusher&) = delete;
  Flusher& operator=(const Flusher&) = delete;
  ~Flusher() { stop(); }

  // The writer's thread alone:

  /// To flush what was written before this call. Best effort: where no thread or descriptor is left, nothing happens.
  void ask();
  /// Nothing is under way.
  [[nodiscard]] bool is_idle() const noexcept { return is_idle_; }
  /// Ends the thread, once it is done with what it is at. Idempotent, for good.
  void stop();

 private:
  [[nodiscard]] bool is_ready();
  void work();
  [[nodiscard]] bool wait();

  sqlite3* const connection_;
  const Fail fail_;
  std::optional<SyncedFile> file_;
  std::mutex mutex_;
  std::condition_variable came_;
  bool is_asked_ = false, is_stopping_ = false;
  std::atomic<bool> is_idle_{true};
  std::thread thread_;
};

}  // namespace guerdon::store
