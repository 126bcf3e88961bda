// Secrets in files: read only where nobody else can read them, made once and never overwritten.
#pragma once

#include <string>

#include "guerdon/random.hpp"
#include "guerdon/result.hpp"

namespace guerdon {

/// The file's text without line ends at its end. Fails with `internal` and one line that names the file: missing,
/// unreadable, not a file, above 64 KiB, or readable by group or others.
[[nodiscard]] Result<std::string> read_secret_file(const std::string& path);

/// The 32 bytes kept in `path` as base64url; makes them, with mode 0600 and on the disk before it returns, where there
/// is no file. Fails as read_secret_file does, and for a file that holds something else.
[[nodiscard]] Result<std::string> keep_secret(const std::string& path, Random& random);

}  // namespace guerdon
