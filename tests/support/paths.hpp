// Where the tests find the project's files and the server's binary, wherever ctest was started.
#pragma once

namespace guerdon::test {

[[nodiscard]] const char* source_dir();
[[nodiscard]] const char* binary();

}  // namespace guerdon::test

#define GUERDON_SOURCE_DIR (::guerdon::test::source_dir())
#define GUERDON_BINARY (::guerdon::test::binary())
