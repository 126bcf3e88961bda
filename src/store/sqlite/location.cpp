#include "store/sqlite/location.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "guerdon/app.hpp"
#include "runtime/exit_codes.hpp"

namespace guerdon::store {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const std::string& path, int error) {
  throw StartError(exit_config,
                   fmt::format("cannot open the database {}: {}", path, std::generic_category().message(error)));
}

std::string make_temporary_folder() {
  std::error_code ignored;
  const char* configured = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  std::string parent = fs::is_directory("/dev/shm", ignored) && access("/dev/shm", W_OK) == 0 ? "/dev/shm"
                       : configured != nullptr                                                ? configured
                                                                                              : "/tmp";
  std::string folder = parent + "/guerdon-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) refuse(folder, errno);
  return folder;
}

void sync(const fs::path& path, int flags) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) refuse(path, errno);
  const int result = fsync(descriptor);
  const int error = errno;
  close(descriptor);
  if (result != 0) refuse(path, error);
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path{"."}; }

/// Returns whether it is empty.
bool make_file(const fs::path& path) {
  const fs::path folder = folder_of(path);
  if (!fs::exists(folder)) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) refuse(path, error.value());
    fs::permissions(folder, fs::perms::owner_all, error);
  }
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) refuse(path, errno);
  const bool empty = lseek(descriptor, 0, SEEK_END) == 0;
  close(descriptor);
  return empty;
}

SqliteLocation locate_existing(std::string_view rest) {
  std::error_code error;
  const auto size = fs::file_size(fs::path{rest}, error);
  if (error || size == 0) throw StartError(exit_config, fmt::format("there is no database {}", rest));
  return {std::string{rest}, {}, false};
}

}  // namespace

SqliteLocation locate_sqlite(std::string_view rest, bool may_create) {
  if (!may_create) return locate_existing(rest);
  if (rest == ":memory:") {
    const std::string folder = make_temporary_folder();
    return {folder + "/guerdon.db", folder, make_file(folder + "/guerdon.db")};
  }
  if (rest.empty()) throw StartError(exit_config, "database.url names no file: sqlite:data/guerdon.db");
  return {std::string{rest}, {}, make_file(fs::path{rest})};
}

void sync_fresh_file(const SqliteLocation& location) {
  sync(location.path, O_RDWR);
  sync(folder_of(location.path), O_RDONLY | O_DIRECTORY);
}

void remove_temporary(const SqliteLocation& location) noexcept {
  std::error_code ignored;
  if (!location.temporary_folder.empty()) fs::remove_all(location.temporary_folder, ignored);
}

}  // namespace guerdon::store
