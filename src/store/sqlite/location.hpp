// Where a SQLite database lives: a file that is made when missing, or a private folder in shared memory.
#pragma once

#include <string>
#include <string_view>

namespace guerdon::store {

struct SqliteLocation {
  std::string path;
  std::string temporary_folder;  ///< removed at close; empty for a real file
  bool fresh = false;            ///< the file is empty: nothing in it can be lost yet
};

/// `rest` is what follows `sqlite:` in the URL. Makes the folder (0700) and the file (0600) when they are missing, or
/// refuses them if it may not create. Throws StartError.
[[nodiscard]] SqliteLocation locate_sqlite(std::string_view rest, bool may_create = true);
/// Makes a fresh file and its name durable, once it has its header. Throws StartError.
void sync_fresh_file(const SqliteLocation& location);
void remove_temporary(const SqliteLocation& location) noexcept;

}  // namespace guerdon::store
