// Copies the write-ahead log into the database file on a thread and a connection of its own, while the writer goes on
// appending to the log. What came meanwhile the writer copies by itself, when nothing is added: only then can the log
// begin anew. So most of a checkpoint's work holds up nobody (SQLITE_CHECKPOINT_PASSIVE takes no lock that a writer or
// a reader needs, https://sqlite.org/c3ref/wal_checkpoint_v2.html).
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/shared.hpp"

namespace guerdon::store {

class LogCopier {
 public:
  /// After an I/O error the disk can't be trusted any more; told on the copier's thread.
  using Fail = std::function<void(const std::string& reason)>;

  /// Nothing is opened and no thread runs before it is needed.
  LogCopier(SqliteShared& shared, Fail fail);
  LogCopier(const LogCopier&) = delete;
  LogCopier& operator=(const LogCopier&) = delete;
  ~LogCopier();  ///< finishes

  // One thread alone:

  /// False: it can't work now (no descriptor or no thread is left).
  [[nodiscard]] bool begin();
  [[nodiscard]] bool is_at_work() const;
  void wait();

 private:
  void work();
  void copy();

  SqliteShared& shared_;
  const Fail fail_;
  SqliteHandle connection_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_at_work_ = false, is_stopping_ = false;
  std::thread thread_;
};

}  // namespace guerdon::store
