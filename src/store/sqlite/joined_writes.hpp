// Fewer system calls a commit: SQLite writes each page of its log in two calls, 24 bytes of header and then the page.
// During a commit these are kept, up to 64 KiB of them, and go to the file together.
#pragma once

#include <sqlite3.h>

namespace guerdon::store {

/// The file system that can do it, by its name for sqlite3_open_v2: the one that SQLite uses anyway, but for logs. Made
/// by the first call; null if SQLite did not take it.
[[nodiscard]] const char* joining_file_system();

/// While it exists, on the connection's thread, its log may keep pages back, until the last one of a commit at the
/// latest, which SQLite writes before it tells others of them. Outside of it each write goes to the file at once:
/// others may write when a transaction is over. Does nothing for a connection without that file system, or without a
/// log.
class JoinedWrites {
 public:
  explicit JoinedWrites(sqlite3* connection) noexcept;
  JoinedWrites(const JoinedWrites&) = delete;
  JoinedWrites& operator=(const JoinedWrites&) = delete;
  /// What a commit that failed in its middle left is dropped.
  ~JoinedWrites();

 private:
  struct LogFile* log_;
};

}  // namespace guerdon::store
