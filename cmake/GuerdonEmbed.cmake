# guerdon_embed(<out>): a generated source that holds the migrations and the default configuration (store/embedded.hpp).
find_program(GUERDON_SQLITE3 sqlite3)
if(NOT GUERDON_SQLITE3)
  message(FATAL_ERROR "sqlite3, SQLite's command line, is missing: apt-get install sqlite3")
endif()

function(guerdon_embed out)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/migrations/sqlite/*.sql
       ${PROJECT_SOURCE_DIR}/migrations/postgres/*.sql ${PROJECT_SOURCE_DIR}/config/guerdon.json)
  set(source ${PROJECT_BINARY_DIR}/generated/embedded.cpp)
  set(script ${PROJECT_SOURCE_DIR}/cmake/write_embedded.cmake)
  # The list is kept in a file that changes only with it, so that a removed migration regenerates the source too.
  set(list ${PROJECT_BINARY_DIR}/generated/embedded.list)
  list(SORT files)
  list(JOIN files "\n" lines)
  file(CONFIGURE OUTPUT ${list} CONTENT "${lines}\n" @ONLY)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -D LIST=${list} -D OUTPUT=${source} -D SQLITE3=${GUERDON_SQLITE3} -P ${script}
    DEPENDS ${files} ${list} ${script}
    COMMENT "Embedding migrations and default configuration"
    VERBATIM)
  set(${out} ${source} PARENT_SCOPE)
endfunction()
