#include "store/sqlite/writer.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/scheduling.hpp"
#include "runtime/exit_codes.hpp"
#include "store/sqlite/pauses.hpp"

namespace guerdon::store {

namespace {

constexpr std::size_t largest_group = 256;
constexpr std::chrono::milliseconds longest_group{2};  // of running, not of waiting for company
constexpr std::chrono::milliseconds slow_command{50};
constexpr std::chrono::milliseconds idle_after{250};

// Commands that wait when a group begins: with fewer, waiting for the disk at once is over sooner for them, and what is
// read meanwhile is durable.
constexpr std::size_t worth_running_ahead = 8;

using Kind = StoreError::Kind;
using Monotonic = std::chrono::steady_clock;

std::string words_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an unknown exception";
  }
}

}  // namespace

SqliteWriter::SqliteWriter(SqliteHandle connection, std::shared_ptr<SqliteShared> shared, DatabaseOptions options)
    : shared_(std::move(shared)),
      options_(std::move(options)),
      connection_(std::move(connection), &shared_->damaged, &shared_->changes, options_.faults),
      checkpointer_(connection_, *shared_),
      eraser_(connection_, checkpointer_),
      queue_(static_cast<std::size_t>(options_.queue), SIZE_MAX, CommandQueue::Company::awaited),
      syncer_(connection_.handle(), options_.faults,
              [this](Group& group, const std::exception_ptr& failure) { synced(group, failure); }),
      flusher_(connection_.handle(), [this](const std::string& reason) { stop_for_good(exit_io, reason); }) {
  thread_ = std::thread([this] { work(); });
  pthread_setname_np(thread_.native_handle(), "store-writer");
}

void SqliteWriter::submit(std::unique_ptr<Command> command) {
  switch (queue_.push(command)) {
    case CommandQueue::Push::queued:
      return;
    case CommandQueue::Push::full:
      return command->done(std::make_exception_ptr(StoreError(Kind::overloaded, "too many commands are waiting")));
    case CommandQueue::Push::closed:
      return command->done(std::make_exception_ptr(StoreError(Kind::unavailable, "the database is closed")));
  }
}

void SqliteWriter::stop() {
  std::call_once(stopped_, [this] {
    queue_.close();
    thread_.join();
  });
}

StoreStats SqliteWriter::stats() const noexcept {
  return {.progress = progress_,
          .waiting = queue_.size() + running_,
          .commits = commits_,
          .commands = commands_,
          .slow_commands = slow_,
          .wal_pages = checkpointer_.pages()};
}

void SqliteWriter::work() {
  ask_not_to_interrupt();
  for (;;) {
    const bool erases = eraser_.is_wanted() && writable();
    const bool idle_work = erases || (checkpointer_.wants_idle_time() && writable());
    auto command = counted(idle_work ? queue_.pop(erases ? Eraser::pause : idle_after) : queue_.pop());
    if (command)
      run_group(std::move(command));
    else if (queue_.drained())
      break;
    else if (idle_work && !erases && queue_.size() == 0)  // what waits for company does so for some ms only
      checkpoint();
    if (eraser_.is_due() && writable()) erase();
  }
  syncer_.drain();
  flusher_.stop();
  if (writable()) checkpointer_.run(SQLITE_CHECKPOINT_TRUNCATE);
}

/// From its pop to its end a command is running: whatever holds it up, the watchdog has to see that something waits.
std::unique_ptr<Command> SqliteWriter::counted(std::unique_ptr<Command> command) {
  if (command) running_ += 1;
  return command;
}

/// Never two at once: what waits goes between them. At the bound what is left to sync is little once the flusher has
/// done its part; but the log must not grow without end where the disk is too slow for that, or commits are so large
/// that each is a stretch.
void SqliteWriter::checkpoint_if_due() {
  if (!writable()) return;
  if (checkpointer_.is_overdue()) return checkpoint();
  if (checkpointer_.is_stretch_due()) return copy_stretch();
  if (checkpointer_.is_due() && flusher_.is_idle()) checkpoint();
}

void SqliteWriter::copy_stretch() {
  if (const auto failure = checkpointer_.copy_stretch()) return stop_for_good(exit_io, *failure);
  if (shared_->is_on_disk) flusher_.ask();
}

void SqliteWriter::checkpoint() {
  if (const auto failure = checkpointer_.run(SQLITE_CHECKPOINT_PASSIVE)) stop_for_good(exit_io, *failure);
}

void SqliteWriter::erase() {
  syncer_.drain();
  if (!writable()) return;
  if (const auto failure = eraser_.step()) stop_for_good(exit_io, *failure);
}

void SqliteWriter::run_group(std::unique_ptr<Command> first) {
  const bool ahead = may_run_ahead();
  if (!begin_for(*first, ahead)) return;
  auto deadline = Monotonic::now() + longest_group;
  Pauses pauses{queue_, options_.faults};
  for (auto command = std::move(first); command; command = counted(queue_.try_pop())) {
    run_one(std::move(command));
    if (connection_.lost() || group_.work.broken) break;
    deadline += pauses.give_way();
    if (group_.members.size() == largest_group || Monotonic::now() >= deadline) break;
  }
  end_group();
  checkpoint_if_due();
}

/// What follows a group on its way to the disk has to go the same way: answers come in the order of commits.
bool SqliteWriter::may_run_ahead() {
  if (!syncer_.is_idle()) return true;
  return shared_->syncs_commits && queue_.size() >= worth_running_ahead && syncer_.is_ready();
}

bool SqliteWriter::begin_for(Command& first, bool ahead) {
  std::exception_ptr failure;
  if (shared_->damaged) {
    failure = std::make_exception_ptr(StoreError(Kind::broken, "the file is damaged, nothing is written any more"));
  } else if (refusing_) {
    failure = std::make_exception_ptr(StoreError(Kind::unavailable, "the store has stopped writing"));
  } else {
    try {
      if (ahead != runs_ahead_) connection_.pragma(ahead ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL");
      runs_ahead_ = ahead;
      connection_.begin("BEGIN IMMEDIATE");
      return true;
    } catch (...) {
      failure = std::current_exception();
    }
  }
  progress_ += 1;
  running_ -= 1;
  first.done(std::move(failure));
  return false;
}

void SqliteWriter::run_one(std::unique_ptr<Command> command) {
  const Lane lane = command->lane();
  Member& member = group_.members.emplace_back(Member{std::move(command), nullptr});
  const auto begin = Monotonic::now();
  run_in_savepoint(member);
  const auto time = Monotonic::now() - begin;
  queue_.spent(lane, time);
  progress_ += 1;
  commands_ += 1;
  if (time < slow_command) return;
  slow_ += 1;
  if (options_.on_slow_command) options_.on_slow_command(std::chrono::duration_cast<std::chrono::milliseconds>(time));
}

void SqliteWriter::run_in_savepoint(Member& member) {
  const Moment moment{shared_->clock.now(), options_.ids};
  PendingTx tx(connection_, moment, group_.work, sink_.load(std::memory_order_acquire) != nullptr);
  std::size_t mark = 0;
  try {
    mark = tx.begin_savepoint();
  } catch (...) {
    member.failure = std::current_exception();
    return;
  }
  bool keep = false;
  try {
    keep = member.command->run(tx);
    if (keep) tx.release_savepoint(mark);
  } catch (...) {
    member.failure = std::current_exception();
    keep = false;
  }
  if (keep) return;
  try {
    tx.undo_savepoint(mark);
  } catch (...) {
    if (!member.failure) member.failure = std::current_exception();
  }
}

void SqliteWriter::end_group() {
  std::exception_ptr failure = connection_.lost() ? connection_.lost() : group_.work.broken;
  if (!failure) {
    failure = write_outbox();
    if (failure && !connection_.lost() && group_.members.size() > 1)
      return run_each_alone(std::exchange(group_.members, {}));
  }
  const auto fatal = failure ? undo_group(failure) : commit_group();
  group_.written = connection_.take_written();
  auto group = std::exchange(group_, {});
  if (!fatal && group.number != 0) return syncer_.push(std::move(group));
  conclude(group);
  if (fatal) stop_for_good(exit_io, *fatal);
}

/// A message that the outbox can't take must not fail the neighbours of its command.
void SqliteWriter::run_each_alone(std::vector<Member> members) {
  group_ = {};
  if (!connection_.rollback()) stop_for_good(exit_io, "a transaction cannot be undone");
  shared_->changes.end(connection_.take_written());
  for (Member& member : members) {
    if (!begin_for(*member.command, runs_ahead_)) continue;
    run_one(std::move(member.command));
    end_group();
  }
}

std::exception_ptr SqliteWriter::write_outbox() {
  if (group_.work.messages.empty()) return nullptr;
  try {
    sink_.load(std::memory_order_acquire)->write(connection_, shared_->clock.now(), group_.work.messages);
    return connection_.lost();
  } catch (...) {
    return std::current_exception();
  }
}

/// The reason if nothing can be written any more.
std::optional<std::string> SqliteWriter::commit_group() {
  std::exception_ptr failure;
  group_.commit_begin = Monotonic::now();
  if (runs_ahead_)
    group_.number = shared_->horizon.announce();
  else
    shared_->commits.begin();
  const auto writes = checkpointer_.writes();
  const auto outcome = connection_.commit(failure);
  if (!runs_ahead_) shared_->commits.end();
  group_.has_written = checkpointer_.writes() != writes;
  group_.is_kept = outcome == SqliteConnection::Commit::done;
  if (outcome == SqliteConnection::Commit::refused) return undo_group(failure);
  if (outcome == SqliteConnection::Commit::unknown) {
    const auto reason = told_unknown(group_, failure);
    refusing_ = true;
    return reason;
  }
  return std::nullopt;
}

/// Tells every member so, and returns the reason.
std::string SqliteWriter::told_unknown(Group& group, const std::exception_ptr& failure) {
  auto reason = "the outcome of a commit is unknown: " + words_of(failure);
  const auto unknown = std::make_exception_ptr(StoreError(Kind::commit_unknown, reason));
  for (Member& member : group.members) member.failure = unknown;
  group.is_kept = false;
  return reason;
}

/// Nothing of the group is kept. What a refused command was told may have come from a neighbour, so it fails as well.
std::optional<std::string> SqliteWriter::undo_group(const std::exception_ptr& failure) {
  for (Member& member : group_.members) {
    if (!member.failure) member.failure = failure;
  }
  if (connection_.rollback()) return std::nullopt;
  return "a transaction cannot be undone: " + words_of(failure);
}

/// On the syncer's thread.
void SqliteWriter::synced(Group& group, const std::exception_ptr& failure) {
  if (!failure) {
    shared_->commits.add();  // first: who is told now may ask a reader that has not seen it
    shared_->horizon.reach(group.number);
    return conclude(group);
  }
  refusing_ = true;
  const auto reason = told_unknown(group, failure);
  conclude(group);
  stop_for_good(exit_io, reason);
}

/// What was kept is durable. On the writer's thread, or on the syncer's.
void SqliteWriter::conclude(Group& group) {
  if (group.is_kept) {
    figures_.nanoseconds.note(std::chrono::nanoseconds{Monotonic::now() - group.commit_begin}.count());
    figures_.commands.note(static_cast<std::int64_t>(group.members.size()));
    commits_ += 1;
    try {
      for (const auto& action : group.work.actions) action();
    } catch (...) {
      stop_for_good(exit_internal, "an action after a commit failed: " + words_of(std::current_exception()));
    }
    if (!group.work.messages.empty()) sink_.load(std::memory_order_acquire)->committed(group.work.messages);
  }
  shared_->changes.end(group.written);
  for (Member& member : group.members) {
    running_ -= 1;
    member.command->done(std::move(member.failure));
    member.command.reset();
  }
  progress_ += 1;
}

void SqliteWriter::stop_for_good(int code, const std::string& reason) {
  refusing_ = true;
  if (told_fatal_.exchange(true)) return;
  shared_->horizon.give_up();
  if (options_.on_fatal) return options_.on_fatal(code, reason);
  std::fprintf(stderr, "guerdon: the store stops: %s\n", reason.c_str());
  std::_Exit(code);
}

}  // namespace guerdon::store
