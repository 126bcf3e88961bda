// Small dealings with files: a descriptor that closes itself, reading and writing whole, why a call failed.
#pragma once

#include <unistd.h>

#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "guerdon/result.hpp"

namespace guerdon {

class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) noexcept : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    if (this != &other) {
      close();
      descriptor_ = std::exchange(other.descriptor_, -1);
    }
    return *this;
  }
  ~FileHandle() { close(); }

  [[nodiscard]] int get() const noexcept { return descriptor_; }
  explicit operator bool() const noexcept { return descriptor_ >= 0; }
  void close() noexcept {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  int descriptor_ = -1;
};

/// "No such file or directory" for ENOENT.
[[nodiscard]] inline std::string error_text(int error) { return std::generic_category().message(error); }

/// Everything up to `limit` bytes. Fails with `internal` and "<name>: <why>".
[[nodiscard]] Result<std::string> read_all(const FileHandle& file, const std::string& name, std::size_t limit);
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t limit);

/// False, with errno, when not all could be written.
[[nodiscard]] bool write_all(const FileHandle& file, std::string_view text) noexcept;

}  // namespace guerdon
