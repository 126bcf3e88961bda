// See secret_file.hpp.
#include "runtime/secret_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "guerdon/base64url.hpp"
#include "guerdon/crypto.hpp"
#include "runtime/files.hpp"

namespace guerdon {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t max_file = 64 * 1024;

Error failed(const std::string& path, const std::string& why) { return {problems::internal, path + ": " + why}; }

// Written beside its place and linked into it, so that a crash leaves a whole secret or none, and a file that
// appeared meanwhile wins.
Result<void> create_secret(const std::string& path, std::string_view text) {
  const std::string draft = path + ".new";
  ::unlink(draft.c_str());
  const FileHandle file{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!file) return failed(path, "can't be made: " + error_text(errno));
  const bool kept = write_all(file, text) && ::fsync(file.get()) == 0 &&
                    (::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int error = errno;
  ::unlink(draft.c_str());
  if (!kept) return failed(path, "can't be written: " + error_text(error));
  const std::string folder = std::filesystem::path{path}.parent_path().string();
  const FileHandle parent{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!parent || ::fsync(parent.get()) != 0) return failed(path, "can't be made durable: " + error_text(errno));
  return {};
}

}  // namespace

Result<std::string> read_secret_file(const std::string& path) {
  const FileHandle file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file) return failed(path, error_text(errno));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return failed(path, error_text(errno));
  if (!S_ISREG(status.st_mode)) return failed(path, "is not a file");
  if ((status.st_mode & 077U) != 0) return failed(path, "is open to other users: chmod 600 it");
  auto text = read_all(file, path, max_file);
  while (text && !text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  return text;
}

Result<std::string> keep_secret(const std::string& path, Random& random) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    auto bytes = random_bytes<secret_bytes>(random);
    std::string text = to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) + "\n";
    const auto made = create_secret(path, text);
    wipe(bytes.data(), bytes.size());
    wipe(text);
    if (!made) return made.error();
  }
  auto text = read_secret_file(path);
  if (!text) return text.error();
  const auto bytes = from_base64url(*text);
  wipe(*text);
  if (!bytes || bytes->size() != secret_bytes) return failed(path, "does not hold a secret of guerdon's");
  return *bytes;
}

}  // namespace guerdon
