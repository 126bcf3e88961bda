// The store as business code sees it: a Snapshot to read, a Tx to write, a Database that runs commands and commits
// them. Nothing here waits for the network; where and when a command runs is the engine's affair.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guerdon/function_ref.hpp"
#include "guerdon/result.hpp"
#include "guerdon/sql.hpp"

namespace guerdon {

using RowVisitor = FunctionRef<void(const Row&)>;

/// One database connection inside a transaction; implemented by each engine.
class Connection {
 public:
  virtual ~Connection() = default;
  [[nodiscard]] virtual Engine engine() const noexcept = 0;
  /// Runs a prepared (cached) statement, visits its rows, returns the number of rows changed (0 for a SELECT).
  /// Throws StoreError.
  virtual std::int64_t execute(const Sql& sql, std::span<const Param> params, RowVisitor visit) = 0;
};

/// Why the store could not do it. A refused command is no StoreError: it is a Result.
class StoreError : public std::runtime_error {
 public:
  enum class Kind {
    unavailable,     ///< connection lost, not started, shutting down: try again later
    overloaded,      ///< the queue is full: try again later
    storage_full,    ///< no space: writes are refused until there is some
    conflict,        ///< serialisation failure or deadlock that retries did not cure
    commit_unknown,  ///< the commit may or may not be durable
    constraint,      ///< a constraint was violated: a bug where no ON CONFLICT handles it
    overrun,         ///< a query took more than its budget of steps
    broken           ///< anything else: bad SQL, corrupt file, I/O error
  };
  StoreError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  [[nodiscard]] Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

/// What a transaction is given from outside: its one instant and the source of new ids.
struct Moment {
  Instant now;
  IdSource* ids;
};

/// A consistent view of committed rows.
class Snapshot {
 public:
  Snapshot(Connection& connection, Moment moment) : connection_(connection), moment_(moment) {}
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// The instant of this transaction, the same for its whole life.
  [[nodiscard]] Instant now() const noexcept { return moment_.now; }
  [[nodiscard]] Engine engine() const noexcept { return connection_.engine(); }

  /// Every row as a T: a described struct, a tuple, or a single column's type.
  template <class T, class... P>
  [[nodiscard]] std::vector<T> list(Sql sql, const P&... params) {
    std::vector<T> rows;
    visit(sql, [&](const Row& row) { rows.push_back(read_row<T>(row)); }, params...);
    return rows;
  }

  /// The first row, if any.
  template <class T, class... P>
  [[nodiscard]] std::optional<T> find(Sql sql, const P&... params) {
    std::optional<T> found;
    visit(
        sql,
        [&](const Row& row) {
          if (!found) found = read_row<T>(row);
        },
        params...);
    return found;
  }

  /// The first row, which must exist; throws std::logic_error otherwise.
  template <class T, class... P>
  [[nodiscard]] T get(Sql sql, const P&... params) {
    auto found = find<T>(sql, params...);
    if (!found) throw std::logic_error("a row that must exist is missing");
    return *std::move(found);
  }

  template <class... P>
  std::int64_t visit(Sql sql, RowVisitor visitor, const P&... params) {
    const std::array<Param, sizeof...(P)> bound{to_param(params)...};
    return connection_.execute(sql, bound, visitor);
  }

 protected:
  [[nodiscard]] const Moment& moment() const noexcept { return moment_; }
  [[nodiscard]] Connection& connection() const noexcept { return connection_; }

 private:
  Connection& connection_;
  Moment moment_;
};

/// A message on its way into the outbox; `publish` of bus.hpp makes it from a typed one.
struct OutgoingMessage {
  MessageId id;
  std::string topic, key, type, payload;
  json::object headers;
  Instant time{};                                ///< set by append: the instant of its transaction
  std::span<const std::string_view> personal{};  ///< members of the payload that pseudonymous messages lack; static
};

/// A transaction. Everything done through it commits together or not at all.
class Tx : public Snapshot {
 public:
  using Snapshot::Snapshot;

  /// Runs a writing statement; returns the number of rows it changed.
  template <class... P>
  std::int64_t exec(Sql sql, const P&... params) {
    return visit(sql, [](const Row&) {}, params...);
  }

  template <class T>
  [[nodiscard]] T new_id() {
    return T{moment().ids->next(now())};
  }

  /// Runs `fn` in a savepoint of its own: an error result (but one that keeps its effects) or an exception undoes what
  /// it did, messages and on_commit actions included, and nothing else.
  template <class F>
  auto savepoint(F&& fn) -> std::invoke_result_t<F&> {
    const auto mark = begin_savepoint();
    try {
      auto result = fn();
      if (keeps_effects(result))
        release_savepoint(mark);
      else
        undo_savepoint(mark);
      return result;
    } catch (...) {
      undo_savepoint(mark);
      throw;
    }
  }

  /// Runs after the commit is durable, on a store thread, in the order of commits, never after a rollback; the store
  /// may have run later commands by then. The only way to touch memory (caches, indexes) from a command. Must not
  /// throw, block, use the transaction or read: a Reader may wait for this very thread.
  virtual void on_commit(std::function<void()> action) = 0;

  /// Puts a message into the outbox at its place in commit order. Use `publish(tx, message)`.
  virtual void append(OutgoingMessage message) = 0;

 protected:
  virtual std::size_t begin_savepoint() = 0;
  virtual void release_savepoint(std::size_t mark) = 0;
  virtual void undo_savepoint(std::size_t mark) = 0;
};

/// Whose work a command is: a share of each commit group is kept for the background, so that requests can't starve it.
enum class Lane { request, background };

/// A unit of work for the store. Owned by the database from submit() until done() returned.
class Command {
 public:
  virtual ~Command() = default;
  [[nodiscard]] virtual Lane lane() const noexcept { return Lane::request; }
  /// How long it may wait, while the store has nothing else to do, for others that its commit is shared with; asked
  /// when it is submitted. Engines whose commands commit one by one don't wait.
  [[nodiscard]] virtual std::chrono::milliseconds patience() const noexcept { return {}; }
  /// True keeps what was done, false undoes it. May run again (after a serialisation failure, or apart from a neighbour
  /// that could not be committed), so it starts from scratch.
  /// A throw undoes it and reaches done().
  virtual bool run(Tx& tx) = 0;
  /// Once, after the commit is durable (`failure` null) or when the command could not be run or kept.
  /// Called on a store thread: hand over and return.
  virtual void done(std::exception_ptr failure) noexcept = 0;
};

/// What something was read from, and when.
struct Footprint {
  std::vector<std::uint16_t> tables;
  std::uint64_t at = 0;
};

/// A thread's own way to read. Not thread-safe.
class Reader {
 public:
  virtual ~Reader() = default;
  /// Runs `fn` on a snapshot that contains every command whose done() has been called, and nothing that is not durable:
  /// it may have to wait for the disk first.
  /// `steps` bounds the work (0 = unbounded): past it a StoreError of kind overrun ends it. Throws StoreError.
  virtual void run(FunctionRef<void(Snapshot&)> fn, std::int64_t steps) = 0;
  /// As run(), for threads that must not wait: `fn` may see what is still on its way to the disk. False: that may be
  /// so, and nobody may be told of it before settle() allows it. So `fn` does nothing but read.
  [[nodiscard]] virtual bool look(FunctionRef<void(Snapshot&)> fn, std::int64_t steps) = 0;
  /// After a look() that answered false: tells whether what it saw has become durable, once that is known. On a store
  /// thread, or at once: hand over and return, and throw nothing.
  virtual void settle(std::function<void(bool is_durable)> told) = 0;
  /// Within a run: the footprint of what is read from here to end_footprint().
  virtual void begin_footprint() {}
  /// Nothing where changes can't be followed, because others write as well (PostgreSQL).
  [[nodiscard]] virtual std::optional<Footprint> end_footprint() { return std::nullopt; }
  /// Would all that was read be the same now? Changes of which anybody was told count, those under way as well.
  [[nodiscard]] virtual bool is_unchanged(const Footprint&) const noexcept { return false; }
  /// Lets go of a snapshot kept for the next call; call it now and then from idle threads.
  virtual void release() noexcept = 0;
};

class Database {
 public:
  virtual ~Database() = default;
  [[nodiscard]] virtual Engine engine() const noexcept = 0;
  /// Queues a command. Never blocks; a full queue or a closed store ends it at once through done().
  virtual void submit(std::unique_ptr<Command> command) = 0;
  /// A reader for the calling thread. On PostgreSQL it blocks on a connection: never use it on an I/O thread.
  [[nodiscard]] virtual std::unique_ptr<Reader> open_reader() = 0;
  /// Finishes what is queued, then refuses. Checkpoints. Idempotent.
  virtual void close() = 0;

  /// Runs `fn(Tx&) -> Result<T>` as a command and waits until it is durable. For tests, the command line and start-up.
  template <class F>
  auto write(F fn) -> std::invoke_result_t<F&, Tx&> {
    std::optional<std::invoke_result_t<F&, Tx&>> result;
    write_and_wait([&](Tx& tx) {
      result.emplace(fn(tx));
      return keeps_effects(*result);
    });
    return *std::move(result);
  }

  /// Runs `fn(Snapshot&)` on a snapshot of its own and waits. For tests, the command line and start-up.
  template <class F>
  auto read(F fn) {
    using R = std::invoke_result_t<F&, Snapshot&>;
    const auto reader = open_reader();
    if constexpr (std::is_void_v<R>) {
      reader->run([&](Snapshot& snapshot) { fn(snapshot); }, 0);
    } else {
      std::optional<R> result;
      reader->run([&](Snapshot& snapshot) { result.emplace(fn(snapshot)); }, 0);
      return *std::move(result);
    }
  }

 private:
  void write_and_wait(FunctionRef<bool(Tx&)> fn);
};

}  // namespace guerdon
