#include "store/sqlite/log_mark.hpp"

namespace guerdon::store {

bool LogMark::set() noexcept {
  clear();
  try {
    if (!connection_) connection_ = open_sqlite_file(shared_.path, SQLITE_OPEN_READONLY, shared_.busy_patience);
  } catch (const std::exception&) {
    return false;
  }
  // BEGIN sees nothing yet, the first statement does.
  const char* const look = "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1";
  is_set_ = sqlite3_exec(connection_.get(), look, nullptr, nullptr, nullptr) == SQLITE_OK;
  if (!is_set_) connection_.reset();
  return is_set_;
}

void LogMark::clear() noexcept {
  if (!is_set_) return;
  if (sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_OK) connection_.reset();
  is_set_ = false;
}

}  // namespace guerdon::store
