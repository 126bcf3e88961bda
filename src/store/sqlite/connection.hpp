// One SQLite connection with its prepared statements and the state of its transaction. One thread at a time.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/fault_injector.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/table_changes.hpp"
#include "store/transaction.hpp"

namespace guerdon::store {

struct SqliteCloser {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};
using SqliteHandle = std::unique_ptr<sqlite3, SqliteCloser>;

/// How a connection's commits are written: as SQLite does it, or with fewer calls (joined_writes.hpp).
enum class LogWrites { plain, joined };

/// Opens the file with what every connection needs. Throws StoreError.
[[nodiscard]] SqliteHandle open_sqlite_file(const std::string& path, int flags, std::chrono::milliseconds busy_patience,
                                            LogWrites writes = LogWrites::plain);

class SqliteConnection final : public EngineConnection {
 public:
  /// `damaged` is raised when the file itself turns out to be wrong. `changes` hears of each table before it is
  /// written.
  explicit SqliteConnection(SqliteHandle db, std::atomic<bool>* damaged = nullptr, TableChanges* changes = nullptr,
                            FaultInjector* faults = nullptr);
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection() override = default;

  [[nodiscard]] Engine engine() const noexcept override { return Engine::sqlite; }
  std::int64_t execute(const Sql& sql, std::span<const Param> params, RowVisitor visit) override;
  void run_script(std::string_view sql) override;

  /// A setting; returns its new value as text. Throws StoreError.
  std::string pragma(const char* sql);

  void begin(Sql sql);  ///< throws StoreError; no transaction is open then
  enum class Commit { done, refused, unknown };
  /// `refused`: nothing is committed and nothing is open any more; `failure` says why. `unknown`: it may be durable.
  [[nodiscard]] Commit commit(std::exception_ptr& failure) noexcept;
  /// False if even that failed: nothing may be written any more. Harmless when no transaction is open.
  bool rollback() noexcept;
  [[nodiscard]] bool in_transaction() const noexcept { return in_transaction_; }

  /// SQLite undid the whole transaction in the middle of it (full disk, I/O error, no memory): the reason.
  [[nodiscard]] std::exception_ptr lost() const noexcept { return lost_; }

  /// Tables that statements wrote since the last call; whoever takes them ends their change.
  [[nodiscard]] std::vector<Table> take_written() { return std::exchange(written_, {}); }
  /// From now on, tables that statements read are noted.
  void begin_tracing() {
    is_tracing_ = true;
    read_.clear();
  }
  /// The tables read since then.
  std::vector<Table> end_tracing() {
    is_tracing_ = false;
    return std::exchange(read_, {});
  }

  [[nodiscard]] sqlite3* handle() const noexcept { return db_.get(); }
  [[nodiscard]] SqliteHandle take_handle() { return std::move(db_); }  ///< only before the first statement

 private:
  /// The tables that a statement touches.
  struct Tables {
    std::vector<Table> read, written;
  };
  struct Prepared {
    std::unique_ptr<Statement> statement;
    Tables tables;
  };

  static int authorize(void* self, int action, const char* table, const char*, const char*, const char*) noexcept;
  Prepared& prepared(const char* sql);
  void note(const Tables& tables);
  [[nodiscard]] int run_commit() noexcept;
  void after_error(std::exception_ptr error) noexcept;

  SqliteHandle db_;
  std::atomic<bool>* damaged_;
  FaultInjector* faults_;
  /// By address: a statement is a literal. One that stands in two places is prepared twice, which does no harm.
  std::unordered_map<const char*, Prepared> statements_;
  TableChanges* changes_;
  Tables compiled_;  ///< of the statement that is being prepared
  std::vector<Table> written_, read_;
  bool is_tracing_ = false;
  bool in_transaction_ = false;
  std::exception_ptr lost_;
};

}  // namespace guerdon::store
