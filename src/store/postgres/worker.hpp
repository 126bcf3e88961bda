// Runs commands one after the other on a connection of its own: retries what lost a race, reconnects what was cut off,
// finds out what became of a commit without an answer.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>

#include "store/open.hpp"
#include "store/postgres/backoff.hpp"
#include "store/postgres/commit_fate.hpp"
#include "store/postgres/session.hpp"
#include "store/queue.hpp"
#include "store/transaction.hpp"

namespace guerdon::store::postgres {

/// What the workers of one database have in common. Outlives them.
struct Pool {
  Pool(const DatabaseOptions& chosen, std::size_t background_at_once)
      : options(chosen), queue(static_cast<std::size_t>(chosen.queue), background_at_once) {}

  /// Waits as long as told, or until the pool closes.
  void pause(std::chrono::milliseconds time);
  void close();
  /// No write is taken any more, and the process is to end.
  void stop_for_good(int code, const std::string& reason);

  const DatabaseOptions& options;
  CommandQueue queue;
  std::atomic<OutboxSink*> sink{nullptr};
  std::atomic<int> connected{0};  // workers
  std::atomic<bool> refusing{false};
  CommitFigures figures;
  std::atomic<std::uint64_t> progress{0}, running{0}, commits{0}, commands{0}, slow_commands{0};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
};

class Worker {
 public:
  Worker(Pool& pool, const Target& target);

  /// Until the pool's queue is closed and empty.
  void work();

 private:
  bool find_server();
  void wait_for_server();
  void serve(std::unique_ptr<Command> command);
  void run_to_the_end(Command& command);
  bool try_again(const StatementError& error, int& races, bool& reconnected);
  bool attempt(Command& command);
  bool run(Command& command, PendingTx& tx, OutboxSink* sink, Instant now);
  bool commit();
  void finish(OutboxSink* sink);
  void count_connection(bool now) noexcept;

  Pool& pool_;
  Session session_;
  PendingWork work_;
  std::exception_ptr failed_action_;
  Backoff races_, absence_;
  bool counted_ = false;
};

}  // namespace guerdon::store::postgres
