# Every library guerdon links; read by the build and by the installed package.
set(Boost_USE_STATIC_LIBS ON) # fewer libraries to load at the start and to ship
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS headers json url)
find_package(fmt REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
pkg_check_modules(rdkafka REQUIRED IMPORTED_TARGET rdkafka)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
# Only the library: its define would make every precompiled header useless, and its folder has an alloc.h and a read.h.
set_target_properties(PkgConfig::hiredis PROPERTIES INTERFACE_COMPILE_OPTIONS "" INTERFACE_INCLUDE_DIRECTORIES "")
# Statically, so that its memory can be kept (src/base/hash_memory.hpp).
find_library(GUERDON_SODIUM_LIBRARY NAMES libsodium.a REQUIRED)
find_path(GUERDON_SODIUM_INCLUDE_FOLDER sodium.h REQUIRED)
if(NOT TARGET guerdon_sodium)
  add_library(guerdon_sodium INTERFACE IMPORTED)
  target_include_directories(guerdon_sodium INTERFACE ${GUERDON_SODIUM_INCLUDE_FOLDER})
  target_link_libraries(guerdon_sodium INTERFACE ${GUERDON_SODIUM_LIBRARY})
endif()
