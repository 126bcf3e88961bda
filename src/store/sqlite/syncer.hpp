// Brings committed groups to the disk on a thread of its own, so that the writer runs the next group meanwhile. Those
// that came while it waited for the disk share the next sync.
//
// The log is append-only between checkpoints and its frames carry a checksum that continues from one to the next: after
// a power cut SQLite takes the frames up to the last whole commit. So once a sync has returned, every commit that was
// in the file before the call is durable (https://sqlite.org/fileformat2.html#the_write_ahead_log). That is what
// `synchronous=FULL` does itself, on the writer's time.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "store/fault_injector.hpp"
#include "store/sqlite/group.hpp"
#include "store/sqlite/synced_file.hpp"

namespace guerdon::store {

class Syncer {
 public:
  /// Null, or why the group's outcome is unknown; on the syncer's thread, in the order of push().
  using Finish = std::function<void(Group&, const std::exception_ptr& failure)>;

  /// Of the connection's write-ahead log. Nothing is opened and no thread runs before it is needed.
  Syncer(sqlite3* connection, FaultInjector* faults, Finish finish);
  Syncer(const Syncer&) = delete;
  Syncer& operator=(const Syncer&) = delete;
  ~Syncer();  ///< finishes what it has

  // The writer's thread alone:

  /// False: it can't work now (no descriptor is left), and the writer has to sync by itself.
  [[nodiscard]] bool is_ready();
  /// Takes a group that was committed, and waits while too many are ahead of it. After is_ready() only.
  void push(Group group);
  /// Until nothing is on its way any more.
  void drain();
  [[nodiscard]] bool is_idle() const noexcept { return under_way_.load() == 0; }

 private:
  void work();
  void sync(const std::vector<Group>& groups);

  sqlite3* const connection_;
  FaultInjector* const faults_;
  const Finish finish_;
  std::optional<SyncedFile> log_;
  std::exception_ptr failure_;  // of the first sync that failed: nothing after it can be trusted
  std::atomic<std::size_t> under_way_{0};
  std::mutex mutex_;
  std::condition_variable came_, went_;
  std::vector<Group> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace guerdon::store
