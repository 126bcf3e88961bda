#include "store/postgres/worker.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>
#include <utility>

#include "runtime/exit_codes.hpp"

namespace guerdon::store::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int max_races = 5;
constexpr milliseconds slow{50};
constexpr milliseconds fate_patience{5'000};

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

void Pool::pause(milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return closed_; });
}

void Pool::close() {
  queue.close();
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

void Pool::stop_for_good(int code, const std::string& reason) {
  if (refusing.exchange(true)) return;
  if (options.on_fatal) return options.on_fatal(code, reason);
  std::fprintf(stderr, "guerdon: the store stops: %s\n", reason.c_str());
  std::_Exit(code);
}

Worker::Worker(Pool& pool, const Target& target)
    : pool_(pool),
      session_(target, pool.options.faults),
      races_(milliseconds{10}, milliseconds{200}),
      absence_(milliseconds{50}, milliseconds{2'000}) {}

void Worker::work() {
  while (true) {
    if (!find_server()) {
      if (pool_.queue.drained()) break;
      wait_for_server();
      continue;
    }
    auto command = pool_.queue.pop();
    if (!command) break;
    serve(std::move(command));
  }
  count_connection(false);
  session_.disconnect();
}

bool Worker::find_server() {
  if (session_.connected()) return true;
  try {
    session_.connect();
    absence_.reset();
    count_connection(true);
    return true;
  } catch (const StoreError&) {
    count_connection(false);
    return false;
  }
}

/// Whoever is cut off takes no commands from those who are not. When all are, commands end at once.
void Worker::wait_for_server() {
  const auto pause = absence_.next();
  if (pool_.connected > 0) return pool_.pause(pause);
  const auto until = steady_clock::now() + pause;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) return;
    const auto command = pool_.queue.pop(left);
    if (!command) return;
    const Lane lane = command->lane();
    command->done(std::make_exception_ptr(
        StoreError{StoreError::Kind::unavailable, "the database can't be reached; connecting again"}));
    pool_.queue.spent(lane, {});
    ++pool_.progress;
  }
}

void Worker::count_connection(bool now) noexcept {
  if (now != counted_) pool_.connected += now ? 1 : -1;
  counted_ = now;
}

void Worker::serve(std::unique_ptr<Command> command) {
  const Lane lane = command->lane();
  ++pool_.running;
  const auto begin = steady_clock::now();
  std::exception_ptr failure;
  try {
    if (pool_.refusing) throw StoreError{StoreError::Kind::unavailable, "the store has stopped writing"};
    run_to_the_end(*command);
  } catch (...) {
    failure = std::current_exception();
  }
  work_.clear();
  const auto spent = steady_clock::now() - begin;
  pool_.queue.spent(lane, spent);
  ++pool_.commands;
  ++pool_.progress;
  --pool_.running;
  if (spent > slow) ++pool_.slow_commands;
  command->done(std::move(failure));  // so that nothing of it is released here while the other side reads it
  command.reset();
  if (spent > slow && pool_.options.on_slow_command) {
    pool_.options.on_slow_command(std::chrono::ceil<milliseconds>(spent));
  }
  if (failed_action_) {
    const auto reason = "an action after a commit failed: " + words_of(std::exchange(failed_action_, nullptr));
    pool_.stop_for_good(exit_internal, reason);
  }
}

void Worker::run_to_the_end(Command& command) {
  int races = 0;
  bool reconnected = false;
  races_.reset();
  while (true) {
    ++pool_.progress;
    try {
      if (attempt(command)) return;
      // The commit did not happen, because the connection was lost.
      const StatementError lost{classify(""), "postgres: connection lost before the commit"};
      if (!try_again(lost, races, reconnected)) throw StatementError{lost};
    } catch (const StatementError& error) {
      if (!try_again(error, races, reconnected)) throw;
    }
  }
}

bool Worker::try_again(const StatementError& error, int& races, bool& reconnected) {
  if (error.remedy() == Remedy::retry) {
    if (++races > max_races) return false;
    std::this_thread::sleep_for(races_.next());
    return true;
  }
  if (error.remedy() != Remedy::reconnect || std::exchange(reconnected, true)) return false;
  return session_.connected() || find_server();
}

/// False when nothing was committed though it should have been, and a new connection may help.
bool Worker::attempt(Command& command) {
  work_.clear();
  OutboxSink* const sink = pool_.sink;
  const Instant now = pool_.options.clock->now();
  session_.begin_write();
  PendingTx tx{session_, Moment{.now = now, .ids = pool_.options.ids}, work_, sink != nullptr};
  if (!run(command, tx, sink, now)) return true;
  if (!commit()) return false;
  finish(sink);
  return true;
}

/// True when what the command did is to be committed.
bool Worker::run(Command& command, PendingTx& tx, OutboxSink* sink, Instant now) {
  bool keep = false;
  std::exception_ptr failure;
  try {
    keep = command.run(tx);
    if (keep && sink != nullptr && !work_.messages.empty()) sink->write(session_, now, work_.messages);
    if (work_.broken) failure = work_.broken;
  } catch (...) {
    failure = std::current_exception();
  }
  // Whatever the command made of it: the transaction is lost, and it was not the command's fault.
  if (const auto spoiled = session_.spoiled()) {
    session_.rollback();
    throw StatementError{*spoiled};
  }
  if (keep && !failure) return true;
  session_.rollback();
  if (failure) std::rethrow_exception(failure);
  return false;
}

bool Worker::commit() {
  try {
    const auto begin = steady_clock::now();
    session_.commit();
    pool_.figures.nanoseconds.note(std::chrono::nanoseconds{steady_clock::now() - begin}.count());
    pool_.figures.commands.note(1);
    return true;
  } catch (const CommitLost& lost) {
    const Fate fate = find_fate(lost, session_, fate_patience);
    if (fate == Fate::committed) return true;
    if (fate == Fate::aborted) return false;
    throw StoreError{StoreError::Kind::commit_unknown, "postgres: connection lost during the commit"};
  } catch (const StoreError&) {
    session_.rollback();
    throw;
  }
}

/// What is committed is never reported as failed. An action that throws leaves memory behind the rows: the process
/// ends.
void Worker::finish(OutboxSink* sink) {
  ++pool_.commits;
  try {
    for (const auto& action : work_.actions) action();
  } catch (...) {
    failed_action_ = std::current_exception();
  }
  if (sink != nullptr && !work_.messages.empty()) sink->committed(work_.messages);
}

}  // namespace guerdon::store::postgres
