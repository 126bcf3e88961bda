// The only thread that writes to a SQLite database. It takes what is queued, runs each command in a savepoint of its
// own, commits once for all of them, and only then answers. It also checkpoints. When more is waiting than one commit
// takes, another thread brings the commit to the disk, and answers, while this one runs the next group.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "store/open.hpp"
#include "store/queue.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/eraser.hpp"
#include "store/sqlite/flusher.hpp"
#include "store/sqlite/group.hpp"
#include "store/sqlite/shared.hpp"
#include "store/sqlite/syncer.hpp"
#include "store/transaction.hpp"

namespace guerdon::store {

class SqliteWriter {
 public:
  /// Starts the thread. `connection` is the only one that may write.
  SqliteWriter(SqliteHandle connection, std::shared_ptr<SqliteShared> shared, DatabaseOptions options);
  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;
  ~SqliteWriter() { stop(); }

  void submit(std::unique_ptr<Command> command);
  /// Finishes what is queued, checkpoints, ends the thread. Idempotent; not for the writer's own thread.
  void stop();
  /// See ManagedDatabase::erase_deleted().
  void erase_deleted(std::function<void()> done) {
    eraser_.ask(std::move(done));
    queue_.wake();
  }
  void set_outbox_sink(OutboxSink* sink) noexcept { sink_.store(sink, std::memory_order_release); }
  [[nodiscard]] StoreStats stats() const noexcept;
  [[nodiscard]] const CommitFigures& commit_figures() const noexcept { return figures_; }

 private:
  using Member = Group::Member;

  void work();
  [[nodiscard]] std::unique_ptr<Command> counted(std::unique_ptr<Command> command);
  void run_group(std::unique_ptr<Command> first);
  void run_each_alone(std::vector<Member> members);
  [[nodiscard]] bool begin_for(Command& first, bool ahead);
  void run_one(std::unique_ptr<Command> command);
  void run_in_savepoint(Member& member);
  void end_group();
  [[nodiscard]] std::exception_ptr write_outbox();
  [[nodiscard]] std::optional<std::string> commit_group();
  [[nodiscard]] std::optional<std::string> undo_group(const std::exception_ptr& failure);
  [[nodiscard]] static std::string told_unknown(Group& group, const std::exception_ptr& failure);
  [[nodiscard]] bool may_run_ahead();
  void synced(Group& group, const std::exception_ptr& failure);
  void conclude(Group& group);
  void checkpoint_if_due();
  void copy_stretch();
  void checkpoint();
  void erase();
  [[nodiscard]] bool writable() const noexcept { return !refusing_ && !shared_->damaged; }
  void stop_for_good(int code, const std::string& reason);

  const std::shared_ptr<SqliteShared> shared_;
  const DatabaseOptions options_;
  SqliteConnection connection_;
  Checkpointer checkpointer_;
  Eraser eraser_;
  CommandQueue queue_;
  std::atomic<OutboxSink*> sink_{nullptr};

  // The writer's thread alone.
  Group group_;              // at hand
  bool runs_ahead_ = false;  // its commit is brought to the disk by the syncer

  std::atomic<bool> refusing_{false};  // no write can be trusted any more
  std::atomic<bool> told_fatal_{false};
  CommitFigures figures_;
  std::atomic<std::uint64_t> progress_{0}, running_{0}, commits_{0}, commands_{0}, slow_{0};
  std::once_flag stopped_;
  Syncer syncer_;  // these two last: their threads tell the rest of failures
  Flusher flusher_;
  std::thread thread_;
};

}  // namespace guerdon::store
