// What SQLite's result codes mean to the store. The only place that reads them apart from COMMIT's.
#pragma once

#include <sqlite3.h>

#include <string>
#include <string_view>

#include "guerdon/store.hpp"

namespace guerdon::store {

/// The error that `code` (extended) stands for, with SQLite's own words about it.
[[nodiscard]] StoreError sqlite_error(sqlite3* db, int code, std::string_view doing);
[[nodiscard]] StoreError::Kind sqlite_error_kind(int code) noexcept;
/// The file itself is wrong: nothing written to it from now on could be trusted.
[[nodiscard]] bool is_damage(int code) noexcept;

}  // namespace guerdon::store
