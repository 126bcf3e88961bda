// After an error in a transaction the connection asks SQLite whether the transaction is still there: a full disk,
// an I/O error or want of memory may have undone all of it, and going on would commit the rest by itself.
#include "store/sqlite/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "store/sqlite/errors.hpp"
#include "store/sqlite/joined_writes.hpp"

namespace guerdon::store {

namespace {

constexpr auto ignore_row = [](const Row&) {};

/// Once per process, before the first connection: connections are never shared, nobody reads SQLite's own statistics.
void configure_library() {
  static const bool configured = [] {
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return sqlite3_initialize() == SQLITE_OK;
  }();
  if (!configured) throw StoreError(StoreError::Kind::broken, "SQLite cannot be initialised");
}

void add_to(std::vector<Table>& tables, Table table) {
  if (std::ranges::find(tables, table) == tables.end()) tables.push_back(table);
}

}  // namespace

SqliteConnection::SqliteConnection(SqliteHandle db, std::atomic<bool>* damaged, TableChanges* changes,
                                   FaultInjector* faults)
    : db_(std::move(db)), damaged_(damaged), faults_(faults), changes_(changes) {
  if (changes_ != nullptr) sqlite3_set_authorizer(db_.get(), &SqliteConnection::authorize, this);
}

SqliteHandle open_sqlite_file(const std::string& path, int flags, std::chrono::milliseconds busy_patience,
                              LogWrites writes) {
  configure_library();
  const char* const file_system = writes == LogWrites::joined ? joining_file_system() : nullptr;
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, file_system);
  SqliteHandle db(raw);
  if (code != SQLITE_OK) throw sqlite_error(raw, code, "cannot open " + path);
  sqlite3_busy_timeout(
      raw, static_cast<int>(busy_patience.count()));  // before the first PRAGMA: that one may already meet a lock
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);  // only the writer checkpoints
  return db;
}

std::int64_t SqliteConnection::execute(const Sql& sql, std::span<const Param> params, RowVisitor visit) {
  if (lost_) std::rethrow_exception(lost_);
  const char* const text = sql.text(Engine::sqlite);
  if (faults_ != nullptr) faults_->before_statement(text);
  try {
    const auto& [cached, tables] = prepared(text);
    note(tables);
    if (!cached->running()) return cached->run(params, visit);
    return Statement(db_.get(), text).run(params, visit);
  } catch (const StoreError&) {
    after_error(std::current_exception());
    throw;
  }
}

void SqliteConnection::run_script(std::string_view sql) {
  if (lost_) std::rethrow_exception(lost_);
  if (faults_ != nullptr) faults_->before_statement(sql);
  compiled_ = {};
  const int code = sqlite3_exec(db_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
  note(compiled_);  // nobody sees it before the commit
  if (code == SQLITE_OK) return;
  const auto error = sqlite_error(db_.get(), code, "a script failed");
  after_error(std::make_exception_ptr(error));
  throw error;
}

std::string SqliteConnection::pragma(const char* sql) {
  const auto keep_first = [](void* value, int columns, char** values, char**) {
    if (columns > 0 && values[0] != nullptr) *static_cast<std::string*>(value) = values[0];
    return 0;
  };
  std::string value;
  const int code = sqlite3_exec(db_.get(), sql, keep_first, &value, nullptr);
  if (code == SQLITE_OK) return value;
  const auto error = sqlite_error(db_.get(), code, sql);
  after_error(std::make_exception_ptr(error));
  throw error;
}

void SqliteConnection::begin(Sql sql) {
  lost_ = nullptr;
  prepared(sql.text(Engine::sqlite)).statement->run({}, ignore_row);
  in_transaction_ = true;
}

SqliteConnection::Commit SqliteConnection::commit(std::exception_ptr& failure) noexcept {
  bool known = true;
  try {
    if (faults_ != nullptr) faults_->before_commit();
  } catch (const StoreError& error) {
    failure = std::current_exception();
    known = error.kind() != StoreError::Kind::commit_unknown;
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) return known && rollback() ? Commit::refused : Commit::unknown;
  const int code = run_commit();
  if (code != SQLITE_OK) {
    failure = std::make_exception_ptr(sqlite_error(db_.get(), code, "the commit failed"));
    // These three are found before the commit record is whole. After any other it may be in the file.
    const int primary = code & 0xff;
    known = primary == SQLITE_FULL || primary == SQLITE_BUSY || primary == SQLITE_CONSTRAINT;
    return known && rollback() ? Commit::refused : Commit::unknown;
  }
  in_transaction_ = false;
  try {
    if (faults_ != nullptr) faults_->after_commit();
  } catch (...) {
    failure = std::current_exception();
    return Commit::unknown;
  }
  return Commit::done;
}

int SqliteConnection::run_commit() noexcept {
  const JoinedWrites joined{db_.get()};
  return sqlite3_exec(db_.get(), "COMMIT", nullptr, nullptr, nullptr);
}

bool SqliteConnection::rollback() noexcept {
  in_transaction_ = false;
  lost_ = nullptr;
  if (sqlite3_get_autocommit(db_.get()) != 0) return true;
  try {
    prepared("ROLLBACK").statement->run({}, ignore_row);
  } catch (const std::exception&) {
    return sqlite3_get_autocommit(db_.get()) != 0;
  }
  return true;
}

SqliteConnection::Prepared& SqliteConnection::prepared(const char* sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return found->second;
  compiled_ = {};
  auto statement = std::make_unique<Statement>(db_.get(), sql);
  return statements_.emplace(sql, Prepared{std::move(statement), std::exchange(compiled_, {})}).first->second;
}

/// SQLite's authorizer: asked about all that a statement will do, what its triggers and cascades do included, while it
/// is being prepared. An exception would have to pass through SQLite.
int SqliteConnection::authorize(void* self, int action, const char* table, const char*, const char*,
                                const char*) noexcept {
  auto& [read, written] = static_cast<SqliteConnection*>(self)->compiled_;
  const bool reads = action == SQLITE_READ;
  if (!reads && action != SQLITE_INSERT && action != SQLITE_UPDATE && action != SQLITE_DELETE) return SQLITE_OK;
  add_to(reads ? read : written, static_cast<SqliteConnection*>(self)->changes_->number(table));
  return SQLITE_OK;
}

void SqliteConnection::note(const Tables& tables) {
  for (const Table table : tables.written) {
    if (std::ranges::find(written_, table) != written_.end()) continue;
    written_.push_back(table);
    changes_->begin(table);
  }
  if (!is_tracing_) return;
  for (const Table table : tables.read) add_to(read_, table);
}

void SqliteConnection::after_error(std::exception_ptr error) noexcept {
  if (damaged_ != nullptr && is_damage(sqlite3_errcode(db_.get()))) *damaged_ = true;
  if (in_transaction_ && sqlite3_get_autocommit(db_.get()) != 0) lost_ = std::move(error);
}

}  // namespace guerdon::store
