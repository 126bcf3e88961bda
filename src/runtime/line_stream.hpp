// Lines over a connected socket, each bounded in size and time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/files.hpp"

namespace guerdon {

class LineStream {
 public:
  static constexpr std::size_t max_line = 256 * 1024;

  /// Without a time-out reading may wait for ever.
  LineStream(const FileHandle& socket, std::optional<int> timeout_seconds);

  /// The next line without its line feed; nothing at the end, on a time-out, an error or a line too long.
  [[nodiscard]] std::optional<std::string> read();
  /// False when the peer does not take it.
  [[nodiscard]] bool write(std::string_view line);

 private:
  const FileHandle& socket_;
  std::string ahead_;
};

}  // namespace guerdon
