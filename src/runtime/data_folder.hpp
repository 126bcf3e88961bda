// The folder beside the data: it is made private, held by one process at a time, and keeps the server's own secrets.
// It refuses a folder that another process holds, rather than waiting for it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "guerdon/config.hpp"
#include "guerdon/random.hpp"
#include "runtime/files.hpp"

namespace guerdon {

/// `configured` if given; else the folder of the embedded database's file, data/ for PostgreSQL, none in memory.
[[nodiscard]] std::optional<std::filesystem::path> data_folder_of(const DatabaseUrl& url,
                                                                  const std::string& configured);

/// Holds a folder until it is destroyed.
class DataFolder {
 public:
  /// Makes the folder (mode 0700) where it is missing, and locks it. Throws StartError: 75 when another process holds
  /// it, 74 when it can't be made or written.
  explicit DataFolder(std::filesystem::path path);
  DataFolder(DataFolder&&) = default;

  /// Does some process hold the folder? False where there is no folder. Asking gets in nobody's way.
  [[nodiscard]] static bool is_held(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// 32 bytes of its own for each name, made when first asked for and kept in <name>.secret. Throws StartError (78).
  [[nodiscard]] std::string secret(const std::string& name, Random& random) const;

 private:
  std::filesystem::path path_;
  FileHandle lock_;
};

[[nodiscard]] std::filesystem::path lock_file(const std::filesystem::path& folder);
[[nodiscard]] std::filesystem::path control_socket(const std::filesystem::path& folder);

}  // namespace guerdon
