#include "store/sqlite/synced_file.hpp"

#include <fmt/format.h>

#include "guerdon/store.hpp"

namespace guerdon::store {

namespace {

std::string words_of(const std::string& doing, int code) {
  return fmt::format("{}: {} (SQLite {})", doing, sqlite3_errstr(code), code);
}

}  // namespace

SyncedFile::SyncedFile(sqlite3* connection, Which which)
    : name_(which == Which::log ? "the log" : "the database's file") {
  sqlite3_vfs* system = nullptr;
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_VFS_POINTER, &system);
  const char* const database = sqlite3_db_filename(connection, "main");
  const bool is_log = which == Which::log;
  memory_ = std::make_unique<std::byte[]>(static_cast<std::size_t>(system->szOsFile));
  file_ = reinterpret_cast<sqlite3_file*>(memory_.get());
  int flags = SQLITE_OPEN_READWRITE | (is_log ? SQLITE_OPEN_WAL : SQLITE_OPEN_MAIN_DB);
  const int code = system->xOpen(system, is_log ? sqlite3_filename_wal(database) : database, file_, flags, &flags);
  if (code == SQLITE_OK) return;
  if (file_->pMethods != nullptr) file_->pMethods->xClose(file_);
  throw StoreError(StoreError::Kind::unavailable, words_of("cannot open " + name_, code));
}

SyncedFile::~SyncedFile() { file_->pMethods->xClose(file_); }

void SyncedFile::sync() {
  const int code = file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL);
  if (code == SQLITE_OK) return;
  throw StoreError(StoreError::Kind::commit_unknown, words_of(name_ + " cannot be synced", code));
}

}  // namespace guerdon::store
