// Decides when the write-ahead log is copied into the database file, and does it on the writer's connection, which
// alone does so. A checkpoint is what makes the slowest commits slow, so it waits for a bound or for idleness. On the
// way to the bound the log is copied in stretches: each has what was committed a stretch ago and was not overwritten
// since, and waits for no disk. What is left at the bound is short (docs/adr/0014).
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/log_mark.hpp"
#include "store/sqlite/shared.hpp"

namespace guerdon::store {

class Checkpointer {
 public:
  /// Watches the commits of `connection`, which must outlive it.
  Checkpointer(SqliteConnection& connection, SqliteShared& shared);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  /// The log has grown by a stretch.
  [[nodiscard]] bool is_stretch_due() const noexcept { return pages() >= stretch_due_at_; }
  /// Copies what readers allow of all that was there at the last call. As for run() after an I/O error.
  std::optional<std::string> copy_stretch();
  /// The log has grown to its bound.
  [[nodiscard]] bool is_due() const noexcept { return pages() >= due_at_; }
  /// It has grown beyond it by a stretch.
  [[nodiscard]] bool is_overdue() const noexcept { return pages() >= due_at_ + stretch; }
  /// There is something to copy that was not tried yet.
  [[nodiscard]] bool wants_idle_time() const noexcept { return fresh_; }
  /// Copies what readers allow; mode as for sqlite3_wal_checkpoint_v2. What it could not do it does next time, but
  /// after an I/O error (the reason is returned) the disk can't be trusted any more.
  std::optional<std::string> run(int mode);
  /// Copies all of the log; `is_whole` says whether readers allowed it. As for run() after an I/O error.
  std::optional<std::string> copy_all(bool& is_whole);
  /// Cuts the log to nothing, once all of it is copied; `is_cut` says whether readers allowed it. Waits for none of
  /// them.
  std::optional<std::string> cut(bool& is_cut);

  [[nodiscard]] std::uint64_t pages() const noexcept { return pages_.load(std::memory_order_relaxed); }
  /// Commits that have put something into the log.
  [[nodiscard]] std::uint64_t writes() const noexcept { return writes_; }

 private:
  static constexpr std::uint64_t stretch = 2'000;  // pages

  std::optional<std::string> attempt(int mode, bool& is_done);
  std::optional<std::string> copy_to_mark();
  [[nodiscard]] const char* leave_out_syncs();
  [[nodiscard]] bool is_mark_on_disk() const noexcept;
  void begin_anew() noexcept;
  static int on_commit(void* self, sqlite3* db, const char* schema, int pages) noexcept;

  SqliteConnection& connection_;
  SqliteShared& shared_;
  std::atomic<std::uint64_t> pages_{0};  // in the log
  std::uint64_t due_at_, stretch_due_at_;
  LogMark mark_;                 // how far the next stretch goes
  std::uint64_t mark_sees_ = 0;  // on the horizon: what it may have at most
  std::uint64_t writes_ = 0;
  bool fresh_ = false;
};

}  // namespace guerdon::store
