#include "store/sqlite/errors.hpp"

#include <fmt/format.h>

namespace guerdon::store {

StoreError::Kind sqlite_error_kind(int code) noexcept {
  using Kind = StoreError::Kind;
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return Kind::constraint;
    case SQLITE_FULL:
      return Kind::storage_full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
      return Kind::unavailable;
    case SQLITE_INTERRUPT:
      return Kind::overrun;
    default:
      return Kind::broken;
  }
}

StoreError sqlite_error(sqlite3* db, int code, std::string_view doing) {
  return {sqlite_error_kind(code), fmt::format("{}: {} (SQLite {})", doing, sqlite3_errmsg(db), code)};
}

bool is_damage(int code) noexcept {
  const int primary = code & 0xff;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

}  // namespace guerdon::store
