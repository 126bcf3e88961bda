# Run by the build: cmake -D LIST=<file of paths> -D OUTPUT=<cpp> -P write_embedded.cmake
cmake_policy(VERSION 3.25)
file(STRINGS ${LIST} files)
set(sqlite "")
set(postgres "")
set(config "{}")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  if(text MATCHES "\\)embedded\"")
    message(FATAL_ERROR "${file} contains the end mark of a raw string, )embedded\"")
  endif()
  set(literal "R\"embedded(${text})embedded\"sv")
  if(file MATCHES "/migrations/sqlite/")
    string(APPEND sqlite "    EmbeddedFile{\"${name}\"sv, ${literal}},\n")
  elseif(file MATCHES "/migrations/postgres/")
    string(APPEND postgres "    EmbeddedFile{\"${name}\"sv, ${literal}},\n")
  else()
    set(config "${text}")
  endif()
endforeach()
file(WRITE ${OUTPUT} "// Generated from migrations/ and config/ by cmake/write_embedded.cmake.
#include \"store/embedded.hpp\"

#include <vector>

namespace guerdon::embedded {
using namespace std::string_view_literals;

std::span<const EmbeddedFile> sqlite_migrations() {
  static const std::vector<EmbeddedFile> files{
${sqlite}  };
  return files;
}

std::span<const EmbeddedFile> postgres_migrations() {
  static const std::vector<EmbeddedFile> files{
${postgres}  };
  return files;
}

std::string_view default_config() {
  return R\"embedded(${config})embedded\"sv;
}
}  // namespace guerdon::embedded
")
