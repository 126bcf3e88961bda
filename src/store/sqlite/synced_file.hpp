// A file of a database, opened once more to be synced by a thread of its own.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <memory>
#include <string>

namespace guerdon::store {

/// Opened by the connection's file system and the name that it has there: SQLite follows links. It takes no locks, and
/// closing it drops none: SQLite keeps the descriptor of a database's file while others of the process hold locks on
/// it.
class SyncedFile {
 public:
  enum class Which { database, log };

  /// Throws StoreError (unavailable). The connection outlives it.
  SyncedFile(sqlite3* connection, Which which);
  SyncedFile(const SyncedFile&) = delete;
  SyncedFile& operator=(const SyncedFile&) = delete;
  ~SyncedFile();

  /// As SQLite would. Throws StoreError (commit_unknown): the kernel may have thrown pages away, and a second sync
  /// would succeed without them.
  void sync();

 private:
  const std::string name_;
  std::unique_ptr<std::byte[]> memory_;  ///< as much as this file system's file objects take
  sqlite3_file* file_;
};

}  // namespace guerdon::store
