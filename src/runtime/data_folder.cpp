// See data_folder.hpp.
#include "runtime/data_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "guerdon/app.hpp"
#include "runtime/exit_codes.hpp"
#include "runtime/secret_file.hpp"

namespace guerdon {
namespace {

namespace fs = std::filesystem;

// Each missing folder of the path, private to this user. mkdir -p would leave the outer ones open to others.
void make_folders(const fs::path& path) {
  if (fs::is_directory(path)) return;
  if (path.has_parent_path() && path.parent_path() != path) make_folders(path.parent_path());
  if (::mkdir(path.c_str(), 0700) == 0) return;
  const int error = errno == EEXIST ? ENOTDIR : errno;
  if (fs::is_directory(path)) return;  // somebody else has made it meanwhile
  throw StartError(exit_io, "can't make the data folder " + path.string() + ": " + error_text(error));
}

std::string holder(const FileHandle& lock) {
  const auto text = read_all(lock, "lock", 64);
  const bool has_number = text && !text->empty() && text->find_first_not_of("0123456789\n") == text->npos;
  return has_number ? " (process " + text->substr(0, text->find('\n')) + ")" : "";
}

FileHandle open_lock(const fs::path& folder, int flags) {
  return FileHandle{::open(lock_file(folder).c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)};
}

// The lock is an open file's: it ends with the process, and unlike others it can be asked about without being taken.
struct flock lock_of(short type) {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

fs::path lock_file(const fs::path& folder) { return folder / "guerdon.lock"; }

fs::path control_socket(const fs::path& folder) { return folder / "guerdon.sock"; }

std::optional<fs::path> data_folder_of(const DatabaseUrl& url, const std::string& configured) {
  if (!configured.empty()) return fs::path{configured};
  if (url.is_memory()) return std::nullopt;
  if (url.file().empty()) return fs::path{"data"};
  const auto folder = fs::path{url.file()}.parent_path();
  return folder.empty() ? fs::path{"."} : folder;
}

DataFolder::DataFolder(fs::path path) : path_(std::move(path)) {
  make_folders(path_);
  lock_ = open_lock(path_, O_RDWR | O_CREAT);
  if (!lock_) throw StartError(exit_io, "can't open " + lock_file(path_).string() + ": " + error_text(errno));
  auto wanted = lock_of(F_WRLCK);
  if (::fcntl(lock_.get(), F_OFD_SETLK, &wanted) != 0) {
    if (errno == EAGAIN || errno == EACCES)
      throw StartError(exit_temporary, "another guerdon" + holder(lock_) + " is running on the data in " +
                                           path_.string() + ": stop it first, or choose other data (database.url)");
    throw StartError(exit_io, "can't lock " + lock_file(path_).string() + ": " + error_text(errno));
  }
  // For people who wonder who holds it; the lock itself is the kernel's and ends with the process.
  static_cast<void>(::ftruncate(lock_.get(), 0) == 0 && write_all(lock_, std::to_string(::getpid()) + "\n"));
}

bool DataFolder::is_held(const fs::path& path) {
  const auto lock = open_lock(path, O_RDONLY);
  auto found = lock_of(F_RDLCK);
  return lock && ::fcntl(lock.get(), F_OFD_GETLK, &found) == 0 && found.l_type != F_UNLCK;
}

std::string DataFolder::secret(const std::string& name, Random& random) const {
  auto secret = keep_secret((path_ / (name + ".secret")).string(), random);
  if (!secret) throw StartError(exit_config, secret.error().detail);
  return *std::move(secret);
}

}  // namespace guerdon
