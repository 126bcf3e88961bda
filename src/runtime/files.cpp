// See files.hpp.
#include "runtime/files.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>

namespace guerdon {
namespace {

Error failed(const std::string& name, const std::string& why) { return {problems::internal, name + ": " + why}; }

}  // namespace

Result<std::string> read_all(const FileHandle& file, const std::string& name, std::size_t limit) {
  std::string text;
  std::array<char, 4096> part{};
  while (text.size() <= limit) {
    const auto got = ::read(file.get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(name, error_text(errno));
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return failed(name, "is larger than " + std::to_string(limit / 1024) + " KiB");
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const FileHandle file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file) return failed(path, error_text(errno));
  return read_all(file, path, limit);
}

bool write_all(const FileHandle& file, std::string_view text) noexcept {
  while (!text.empty()) {
    const auto put = ::write(file.get(), text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace guerdon
