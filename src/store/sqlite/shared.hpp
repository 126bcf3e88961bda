// What the writer and the readers of one SQLite database have in common: how far commits have come, and who reads.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "store/open.hpp"
#include "store/sqlite/horizon.hpp"
#include "store/sqlite/table_changes.hpp"

namespace guerdon::store {

class SqliteReader;

/// The readers that exist, so that the writer can end snapshots nobody is using: they hold back the log's reset.
class ReaderSet {
 public:
  void add(SqliteReader* reader) {
    const std::lock_guard lock(mutex_);
    readers_.push_back(reader);
  }
  void remove(SqliteReader* reader) {
    const std::lock_guard lock(mutex_);
    std::erase(readers_, reader);
  }
  /// Ends the kept snapshots, waiting up to `patience` for a reader in the middle of a run.
  void release(std::chrono::milliseconds patience) noexcept;

 private:
  std::mutex mutex_;
  std::vector<SqliteReader*> readers_;
};

/// Counts commits, so that a reader may keep its snapshot until there is another. Thread-safe; one thread commits.
class Commits {
 public:
  /// How many anybody can have heard of; empty while one is about to be seen, which some do before others.
  [[nodiscard]] std::optional<std::uint64_t> now() const noexcept {
    const auto steps = steps_.load();
    return steps % 2 == 0 ? std::optional{steps} : std::nullopt;
  }
  /// Around a commit that may be told as soon as it is seen.
  void begin() noexcept { steps_.fetch_add(1); }
  void end() noexcept { steps_.fetch_add(1); }
  /// Of a commit that could be seen before: from now on it may be told. Also where kept snapshots have to go.
  void add() noexcept { steps_.fetch_add(2); }

 private:
  std::atomic<std::uint64_t> steps_{0};  // odd between begin() and end()
};

struct SqliteShared {
  SqliteShared(std::string file, bool on_disk, const DatabaseOptions& options)
      : path(std::move(file)),
        is_on_disk(on_disk),
        syncs_commits(on_disk && options.full_durability),
        clock(*options.clock),
        busy_patience(options.busy_patience),
        longest_read(options.longest_read) {}

  const std::string path;
  const bool is_on_disk;     ///< false for a private one, which goes with the process
  const bool syncs_commits;  ///< before anybody hears of them
  const Clock& clock;
  const std::chrono::milliseconds busy_patience, longest_read;
  Commits commits;
  Horizon horizon;
  TableChanges changes;
  std::atomic<bool> closed{false};
  std::atomic<bool> damaged{false};  ///< a connection found the file itself wrong: nothing may be written any more
  ReaderSet readers;
};

}  // namespace guerdon::store
