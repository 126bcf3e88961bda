// Copies the write-ahead log into the database file on a thread and a connection of its own, while the writer goes on
// (https://sqlite.org/wal.html#ckpt). What is written meanwhile is left for the next pass.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/shared.hpp"

namespace guerdon::store {

class Copier {
 public:
  /// No thread runs and nothing is opened before the first start().
  explicit Copier(SqliteShared& shared) : shared_(shared) {}
  Copier(const Copier&) = delete;
  Copier& operator=(const Copier&) = delete;
  ~Copier() { stop(); }

  /// Begins a pass unless one is going on; false: it can't (no thread or descriptor is left).
  [[nodiscard]] bool start();
  [[nodiscard]] bool is_busy();
  /// How many pages of the log the last pass left in the file, those of earlier passes among them.
  [[nodiscard]] std::uint64_t copied();
  /// Why the disk can't be trusted any more.
  [[nodiscard]] std::optional<std::string> failure();
  /// Waits for the pass that is going on, and ends the thread.
  void stop();

 private:
  void work();

  SqliteShared& shared_;
  std::unique_ptr<SqliteConnection> connection_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool busy_ = false, stopping_ = false;
  std::uint64_t copied_ = 0;
  std::optional<std::string> failure_;
  std::thread thread_;
};

}  // namespace guerdon::store
