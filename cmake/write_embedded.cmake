# Run by the build: cmake -D LIST=<file of paths> -D OUTPUT=<cpp> -D SQLITE3=<program> -P write_embedded.cmake
cmake_policy(VERSION 3.25)
file(STRINGS ${LIST} files)
set(sqlite "")
set(postgres "")
set(sqlite_script "")
set(config "{}")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  if(text MATCHES "\\)embedded\"")
    message(FATAL_ERROR "${file} contains the end mark of a raw string, )embedded\"")
  endif()
  set(literal "R\"embedded(${text})embedded\"sv")
  if(file MATCHES "/migrations/sqlite/")
    if(text MATCHES "(^|\n) *PRAGMA ")
      message(FATAL_ERROR "${file} has a PRAGMA, which the outcome of the migrations would lack")
    endif()
    string(APPEND sqlite "    EmbeddedFile{\"${name}\"sv, ${literal}},\n")
    string(APPEND sqlite_script "${text}\n")
  elseif(file MATCHES "/migrations/postgres/")
    string(APPEND postgres "    EmbeddedFile{\"${name}\"sv, ${literal}},\n")
  else()
    set(config "${text}")
  endif()
endforeach()

# What all of SQLite's come to in a new database, as SQLite itself writes it down.
file(WRITE ${OUTPUT}.sql "${sqlite_script}.dump\n")
execute_process(
  COMMAND ${SQLITE3} -batch -bail -init /dev/null :memory:
  INPUT_FILE ${OUTPUT}.sql
  OUTPUT_VARIABLE outcome
  ERROR_VARIABLE error
  RESULT_VARIABLE result)
set(begin "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n")
if(NOT result EQUAL 0 OR NOT outcome MATCHES "^${begin}(.*)COMMIT;\n$")
  string(SUBSTRING "${outcome}" 0 300 outcome)
  message(FATAL_ERROR "what SQLite's migrations come to can't be told: ${result} ${error}\n${outcome}")
endif()
set(outcome "${CMAKE_MATCH_1}")

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

std::string_view sqlite_outcome() {
  return R\"embedded(${outcome})embedded\"sv;
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
