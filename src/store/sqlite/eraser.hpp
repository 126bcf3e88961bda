// Makes what was deleted vanish from the files. SQLite overwrites deleted rows (secure_delete), but moving rows between
// pages leaves copies in the unused middle of pages, and the write-ahead log keeps old pages: the first are overwritten
// with zeros, a stretch of the file at a time, then the log is cut. It touches no byte that SQLite reads.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/connection.hpp"

namespace guerdon::store {

/// On the writer's thread, between transactions; ask() may be called from anywhere.
class Eraser {
 public:
  Eraser(SqliteConnection& connection, Checkpointer& checkpointer)
      : connection_(connection), checkpointer_(checkpointer) {}
  Eraser(const Eraser&) = delete;
  Eraser& operator=(const Eraser&) = delete;

  /// From the file's beginning, also where it is under way. `done` is called after the last step, by whoever takes it;
  /// of those who ask meanwhile, that of the last one alone.
  void ask(std::function<void()> done);
  [[nodiscard]] bool is_wanted() const noexcept { return is_asked_ || is_working_; }
  [[nodiscard]] bool is_due() const noexcept;
  /// A step of some milliseconds. A reader in the middle of a query may hold it up: it goes on at another step. Gives
  /// the reason when the disk can't be trusted any more.
  std::optional<std::string> step();

  /// How long to leave the writer to others after a step.
  static constexpr std::chrono::milliseconds pause{20};

 private:
  using Steady = std::chrono::steady_clock;

  [[nodiscard]] bool is_asked_anew();
  void begin();
  void end();
  [[nodiscard]] bool erase_stretch();
  [[nodiscard]] bool erase_page(std::int64_t page, const unsigned char* bytes);

  SqliteConnection& connection_;
  Checkpointer& checkpointer_;
  std::mutex asking_;
  std::atomic<bool> is_asked_{false};
  std::function<void()> asked_done_;  // of who asked last
  std::function<void()> done_;        // of what is under way
  bool is_working_ = false;
  bool has_written_ = false;
  std::int64_t next_ = 0;  // page, from 0
  std::int64_t page_size_ = 0;
  std::vector<unsigned char> buffer_;
  Steady::time_point rested_{};
};

}  // namespace guerdon::store
