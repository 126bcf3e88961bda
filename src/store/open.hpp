// Opens a database of either engine and brings its schema up to date. The only way in for the runtime and the tests.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "guerdon/store.hpp"
#include "guerdon/time.hpp"
#include "store/embedded.hpp"
#include "store/fault_injector.hpp"
#include "store/outbox_sink.hpp"
#include "telemetry/histogram.hpp"

namespace guerdon::store {

struct DatabaseOptions {
  std::string url;         ///< sqlite:path, sqlite::memory: (private, in shared memory, gone at close), postgres://…
  bool may_create = true;  ///< false: refuses (78) what does not exist yet
  bool full_durability = true;  ///< false: the last commits may vanish with the power
  int queue = 4096;             ///< commands that may wait in each lane
  int connections = 8;          ///< PostgreSQL: workers; each reader brings one of its own
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  std::chrono::milliseconds busy_patience = std::chrono::seconds{5};  ///< SQLite: for a foreign process's lock
  std::chrono::milliseconds longest_read = std::chrono::seconds{30};  ///< a query past it is cut off (overrun)
  FaultInjector* faults = nullptr;
  /// The store is in an unknown state (74) or its code is wrong (70) and the process must end. Called once, after the
  /// commands concerned were told; if it returns, the store refuses all further writes. Default: one line on standard
  /// error and _Exit(code).
  std::function<void(int code, const std::string& reason)> on_fatal;
  /// A command ran longer than 50 ms. Called on a store thread.
  std::function<void(std::chrono::milliseconds)> on_slow_command;
};

/// Figures for metrics and the watchdog. Counters only grow.
struct StoreStats {
  std::uint64_t progress = 0;  ///< changes whenever the store gets on with its work
  std::uint64_t waiting = 0;   ///< commands queued or running: with any, progress must change, or the store hangs
  std::uint64_t commits = 0, commands = 0, slow_commands = 0;
  std::uint64_t wal_pages = 0;  ///< SQLite: pages in the write-ahead log
};

/// What commits cost, and how many commands shared one.
struct CommitFigures {
  telemetry::Histogram<13> nanoseconds{{50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000,
                                        25'000'000, 50'000'000, 100'000'000, 500'000'000, 2'500'000'000}};
  telemetry::Histogram<9> commands{{1, 2, 4, 8, 16, 32, 64, 128, 256}};
};

class ManagedDatabase : public Database {
 public:
  /// Attaches the outbox, which must outlive the database or be detached (null). Call it while no command runs that
  /// publishes: without one, Tx::append throws std::logic_error.
  virtual void set_outbox_sink(OutboxSink* sink) noexcept = 0;
  [[nodiscard]] virtual StoreStats stats() const noexcept = 0;  ///< thread-safe
  [[nodiscard]] virtual const CommitFigures& commit_figures() const noexcept = 0;
  /// What is deleted by now is to vanish from the files as well, soon and without holding anybody up. From a command,
  /// as an action of on_commit. `done` is called once it has, on a store thread: hand over and return. It isn't called
  /// when the process ends before, nor when somebody else has asked meanwhile: theirs is. PostgreSQL sees to its files
  /// by itself, and is done at once.
  virtual void erase_deleted(std::function<void()> done = {}) {  // NOLINT(*-unnecessary-value-param): others keep it
    if (done) done();
  }
  /// As open_reader(), but a run may take longer than `longest_read`: for work on the whole of the data.
  [[nodiscard]] virtual std::unique_ptr<Reader> open_patient_reader() = 0;
};

/// Opens or creates. Throws StartError with one line for people: 78 when the URL or the file is wrong, 75 when the
/// database is not to be had just now. Readers must be gone before the database is.
[[nodiscard]] std::unique_ptr<ManagedDatabase> open_database(DatabaseOptions options);

/// Applies the migrations that the database does not have yet, in order, each in a transaction of its own; the embedded
/// ones of its engine, or those given. Throws StartError with one line: 78 when an applied one was changed or is not
/// known to this binary, or one fails (those before it stay); 75 when the database is not to be had just now.
/// `outcome` is a script of what all of them come to in a new database, which gets that instead.
void migrate(Database& database);
void migrate(Database& database, std::span<const embedded::EmbeddedFile> migrations, std::string_view outcome = {});
/// Changes nothing. Throws StartError with one line: 78 unless the schema is exactly this binary's.
void require_current_schema(Database& database);

}  // namespace guerdon::store
