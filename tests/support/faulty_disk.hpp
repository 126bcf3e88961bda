// A disk that fails: SQLite's own file system calls, made to fail at the Nth call of a sort. Unlike NthFault it takes
// the real way through SQLite, which may undo a whole transaction, or leave a commit's outcome open.
#pragma once

#include <sqlite3.h>

#include <functional>
#include <string>

namespace guerdon::test {

class FaultyDisk {
 public:
  enum class Call { write_log, sync_log, write_file, sync_file, read_file };

  /// For all files opened from now on, until this object is gone; one at a time.
  FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk();

  /// The `n`th call of this sort from now on (from 1) gives `code`; with `stays`, so do all later ones.
  void arm(Call call, int n, int code, bool stays = false);
  void disarm();
  [[nodiscard]] bool armed() const;  ///< it has not struck yet
  /// Of all logs opened since the process began.
  [[nodiscard]] int log_writes() const;
  [[nodiscard]] int largest_log_write() const;  ///< in bytes

  /// Told of each write-ahead log that was synced, by its path, whoever did it, before they know; any thread.
  void tell_syncs(std::function<void(const std::string& log)> told);
  /// The same of databases' own files, on the thread that did it.
  void tell_file_syncs(std::function<void()> told);
};

}  // namespace guerdon::test
